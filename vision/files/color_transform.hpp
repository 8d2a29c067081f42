#pragma once

#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

#include "vision/files/color_space.hpp"

namespace saccade::vision {

/// Converts pixels of one color space to sRGB with littlecms (perceptual intent). Safe to share between threads.
class ColorTransform {
 public:
  /// What the profile describes.
  enum class Pixels { bgr, gray, cmyk };

  ~ColorTransform();
  ColorTransform(const ColorTransform&) = delete;
  ColorTransform& operator=(const ColorTransform&) = delete;

  Pixels pixels() const { return pixels_; }

  /// 8-bit BGR of 8-bit pixels: BGR, BGR with three equal channels (gray), or CMYK as Adobe stores it (255 is no ink).
  cv::Mat apply(const cv::Mat& image) const;

 private:
  friend struct TransformMaker;
  ColorTransform(Pixels pixels, void* handle) : pixels_(pixels), handle_(handle) {}

  Pixels pixels_;
  void* handle_;  // cmsHTRANSFORM
};

/// A transform, or the reason why there is none.
struct FoundTransform {
  std::shared_ptr<const ColorTransform> transform;  ///< none: the pixels are sRGB, or there is a problem
  std::string problem;                              ///< empty, or why the profile cannot be used
};

/// The transform of a color space for pixels of 3 (BGR or gray) or 4 (CMYK) channels. Transforms are cached by profile.
/// A profile that agrees with sRGB to within one of 255 levels gives no transform.
FoundTransform transform_to_srgb(const ColorSpace& space, int channels);

}  // namespace saccade::vision
