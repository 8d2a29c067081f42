#pragma once

#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Decodes the first page of a CMYK TIFF, which OpenCV would turn into RGB without its profile: 8 bits, 4 channels as
/// Adobe stores them in JPEG (255 is no ink), not turned upright. Returns an empty picture if it is damaged or of a
/// layout that is not supported.
cv::Mat decode_cmyk_tiff(const std::string& bytes);

}  // namespace saccade::vision
