#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Draws text. With a TrueType font and OpenCV's freetype module it draws UTF-8 with smooth outlines; else it falls
/// back on OpenCV's plotter strokes, where `?` stands for every character that is not ASCII.
class Font {
 public:
  /// The strokes.
  Font();
  /// The font in a TrueType file; the strokes where OpenCV has no freetype module. Throws Error when `file` cannot be
  /// read as a font.
  explicit Font(const std::filesystem::path& file);
  ~Font();
  Font(Font&&) noexcept;
  Font& operator=(Font&&) noexcept;

  /// One line of text in black on white, 8-bit BGR, cut close at the left and the right and line_height(height) high;
  /// row ascent(height) is its baseline. `height` is the size of the font, in pixels.
  cv::Mat render(const std::string& text, int height) const;

  static int ascent(int height) { return height + 1; }
  static int line_height(int height) { return height + height / 3 + 2; }

 private:
  struct Outlines;
  std::unique_ptr<Outlines> outlines_;  // none: strokes
};

/// A text made to fit into `width` pixels: drawn at `height`, or smaller down to `least_height`, or at last broken into
/// lines between characters. The lines stand beneath each other, centered, on white; each is Font::line_height(height)
/// high, whatever the size that was found, so that the baselines of texts side by side agree.
cv::Mat fit_text(const Font& font, const std::string& text, int width, int height, int least_height);

}  // namespace saccade::vision
