#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// What a network wants its input to be. The checkpoint carries it, so that captioning prepares pictures exactly as
/// training did.
struct Preprocessing {
  int input_size = 224;                                            ///< side of the square input, in pixels
  std::array<float, 3> mean{127, 127, 127};                        ///< of red, green, blue, on the scale of 0 to 255
  std::array<float, 3> scale{1 / 128.0F, 1 / 128.0F, 1 / 128.0F};  ///< value = (pixel - mean) * scale

  /// Floats that one picture takes: input_size x input_size x 3.
  std::size_t values() const;
};

/// A picture as the network eats it, and the way back to the original's pixels.
struct Preprocessed {
  std::vector<float> pixels;  ///< [input_size, input_size, 3], row-major, channels last, red first
  Geometry geometry;
};

/// Squashes a picture (8-bit BGR, as read_image gives) to the square input and normalizes it. Shrinking averages areas,
/// enlarging is cubic; a picture of the input's size is not resampled at all. Throws Error for another type of pixels,
/// an empty picture or an input size below 1.
Preprocessed preprocess(const cv::Mat& image, const Preprocessing& preprocessing);

/// The same, into `pixels`, room for preprocessing.values() floats: one picture's place in a batch.
Geometry preprocess(const cv::Mat& image, const Preprocessing& preprocessing, float* pixels);

/// The resampling alone: 8-bit BGR in, the same at `size` out. Returns `image` itself when it has that size.
cv::Mat resample(const cv::Mat& image, cv::Size size);

}  // namespace saccade::vision
