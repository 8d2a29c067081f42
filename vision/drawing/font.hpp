#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Draws UTF-8 text of any script with smooth outlines: shaped by HarfBuzz, in both writing directions, with a given
/// font and, for characters that it lacks, the fonts of the system. Safe to share between threads.
class Font {
 public:
  /// Loads a font file. Throws Error if it is not a font (TrueType or OpenType).
  explicit Font(const std::filesystem::path& file);
  ~Font();
  Font(Font&&) noexcept;
  Font& operator=(Font&&) noexcept;

  /// Renders one line in black on white, 8-bit BGR, cropped at the sides, line_height(height) high. Row ascent(height)
  /// is the baseline. `height`: font size in pixels; text of tall scripts is drawn smaller if it would not fit.
  cv::Mat render(const std::string& text, int height) const;

  /// The characters drawn so far that no font has (boxes stand for them), in order of their code points.
  std::u32string missing() const;

  static int ascent(int height) { return height + 1; }
  static int line_height(int height) { return height + height / 3 + 2; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Fits a text into `width` pixels: at font size `height`, smaller down to `least_height`, or broken into lines between
/// characters. Lines are centered on white and Font::line_height(height) high for any size, so that the baselines of
/// adjacent texts agree.
cv::Mat fit_text(const Font& font, const std::string& text, int width, int height, int least_height);

}  // namespace saccade::vision
