#pragma once

#include <string_view>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Decodes a JPEG: 8 bits, gray (1 channel), BGR (3), or CMYK as Adobe stores it, where 255 is no ink (4). Returns
/// an empty image if pixels are missing or wrong. Prints nothing. Throws std::bad_alloc.
cv::Mat decode_jpeg(std::string_view bytes);

}  // namespace saccade::vision
