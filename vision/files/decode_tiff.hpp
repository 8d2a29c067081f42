#pragma once

#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Decodes the first page of a CMYK TIFF, which OpenCV would turn into RGB without its profile: 8 bits, 4 channels as
/// Adobe stores them in JPEG (255 is no ink), without the orientation applied. Returns an empty image if the file is
/// damaged or its layout is not supported.
cv::Mat decode_cmyk_tiff(const std::string& bytes);

}  // namespace saccade::vision
