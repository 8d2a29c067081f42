#pragma once

#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "vision/drawing/font.hpp"

namespace saccade::vision {

/// A picture with text beneath it.
struct GalleryItem {
  cv::Mat photo;                   ///< 8-bit BGR, any size
  std::string heading;             ///< in larger letters
  std::vector<std::string> lines;  ///< each is broken between words where it is too long
};

/// A white page with the items in reading order, 8-bit BGR. Throws Error when there is none.
cv::Mat gallery(const std::vector<GalleryItem>& items, const Font& font);

/// Breaks a text between words so that each line is at most `width` pixels at `height`; a longer word stands alone.
std::vector<std::string> wrap(const Font& font, const std::string& text, int width, int height);

}  // namespace saccade::vision
