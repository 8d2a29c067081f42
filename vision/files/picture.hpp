#pragma once

#include <memory>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

class ColorTransform;

/// A decoded image, with its orientation applied, whose pixels may still be in the color space of the file. Resizing
/// before the conversion to sRGB makes the conversion nearly free.
struct Picture {
  /// 8 bits. BGR; or, with a transform that takes it, CMYK as Adobe stores it (255 is no ink).
  cv::Mat pixels;
  std::shared_ptr<const ColorTransform> to_srgb;  ///< none: the pixels are sRGB
};

/// The pixels converted to sRGB: 8-bit BGR.
cv::Mat srgb_pixels(const Picture& picture);

}  // namespace saccade::vision
