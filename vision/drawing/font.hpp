#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Draws text: with a TrueType font and OpenCV's freetype module, UTF-8 with smooth outlines; otherwise OpenCV's
/// Hershey fonts, with `?` for non-ASCII characters.
class Font {
 public:
  /// Uses the Hershey fonts.
  Font();
  /// Loads a TrueType font; uses the Hershey fonts if OpenCV has no freetype module. Throws Error if `file` is not a
  /// font.
  explicit Font(const std::filesystem::path& file);
  ~Font();
  Font(Font&&) noexcept;
  Font& operator=(Font&&) noexcept;

  /// Renders one line in black on white, 8-bit BGR, cropped at the sides, line_height(height) high. Row ascent(height)
  /// is the baseline. `height`: font size in pixels.
  cv::Mat render(const std::string& text, int height) const;

  static int ascent(int height) { return height + 1; }
  static int line_height(int height) { return height + height / 3 + 2; }

 private:
  struct Outlines;
  std::unique_ptr<Outlines> outlines_;  // null: Hershey fonts
};

/// Fits a text into `width` pixels: at font size `height`, smaller down to `least_height`, or broken into lines between
/// characters. Lines are centered on white and Font::line_height(height) high for any size, so that the baselines of
/// adjacent texts agree.
cv::Mat fit_text(const Font& font, const std::string& text, int width, int height, int least_height);

}  // namespace saccade::vision
