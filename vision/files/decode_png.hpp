#pragma once

#include <string_view>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Decodes a PNG to gray (1 channel), BGR (3), or BGRA with straight alpha (4), with 8 or 16 bits per channel. Palettes
/// are expanded, and a transparent color becomes an alpha channel. Returns an empty image if pixels are missing or
/// wrong. Prints nothing. Throws std::bad_alloc.
cv::Mat decode_png(std::string_view bytes);

}  // namespace saccade::vision
