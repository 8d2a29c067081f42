#pragma once

#include <memory>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

class ColorTransform;

/// A decoded picture, upright, whose pixels may still be in the color space of its file. Whoever needs few pixels
/// shrinks first and converts then, which makes the conversion nearly free.
struct Picture {
  /// 8 bits. BGR; or, with a transform that takes it, CMYK as Adobe stores it (255 is no ink).
  cv::Mat pixels;
  std::shared_ptr<const ColorTransform> to_srgb;  ///< none: the pixels are sRGB
};

/// The picture's pixels as 8-bit sRGB, in OpenCV's order (BGR).
cv::Mat srgb_pixels(const Picture& picture);

}  // namespace saccade::vision
