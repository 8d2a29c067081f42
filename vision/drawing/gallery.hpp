#pragma once

#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "vision/drawing/font.hpp"

namespace saccade::vision {

/// A picture with text beneath it.
struct GalleryItem {
  cv::Mat photo;                   ///< 8-bit BGR, any size
  std::string heading;             ///< drawn in larger text
  std::vector<std::string> lines;  ///< wrapped between words
};

/// A white page with the items in reading order, 8-bit BGR. Throws Error without items.
cv::Mat gallery(const std::vector<GalleryItem>& items, const Font& font);

/// Wraps a text between words into lines of at most `width` pixels at `height`. A longer word gets its own line.
std::vector<std::string> wrap(const Font& font, const std::string& text, int width, int height);

}  // namespace saccade::vision
