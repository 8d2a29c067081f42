#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// Preprocessing of images. It is stored in checkpoints, so that captioning prepares images as training did.
struct Preprocessing {
  int input_size = 224;                                            ///< side of the square network input, in pixels
  std::array<float, 3> mean{127, 127, 127};                        ///< mean of red, green and blue, from 0 to 255
  std::array<float, 3> scale{1 / 128.0F, 1 / 128.0F, 1 / 128.0F};  ///< value = (pixel - mean) * scale

  /// Number of floats per image: input_size x input_size x 3.
  std::size_t values() const;
};

/// A network input and its geometry in the original image.
struct Preprocessed {
  std::vector<float> pixels;  ///< [input_size, input_size, 3], row-major, channels last, red first
  Geometry geometry;
};

/// Resizes an image (8-bit BGR from read_image) to the square input and normalizes it. Downscaling averages areas,
/// upscaling is cubic, and images of the input size are not resampled. Throws Error for other pixel types, empty images
/// or an input size below 1.
Preprocessed preprocess(const cv::Mat& image, const Preprocessing& preprocessing);

/// The same, into `pixels`, which holds preprocessing.values() floats.
Geometry preprocess(const cv::Mat& image, const Preprocessing& preprocessing, float* pixels);

/// Resamples an 8-bit BGR image to `size`. Returns `image` itself if it has that size.
cv::Mat resample(const cv::Mat& image, cv::Size size);

}  // namespace saccade::vision
