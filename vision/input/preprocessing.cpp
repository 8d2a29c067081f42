#include "vision/input/preprocessing.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "core/base/error.hpp"
#include "vision/input/picture_input.hpp"

namespace saccade::vision {
namespace {

cv::Mat resize_one_way(const cv::Mat& image, cv::Size size, int interpolation) {
  if (image.size() == size) return image;
  cv::Mat resized;
  cv::resize(image, resized, size, 0, 0, interpolation);
  return resized;
}

}  // namespace

std::size_t Preprocessing::values() const {
  return static_cast<std::size_t>(input_size) * static_cast<std::size_t>(input_size) * 3;
}

// OpenCV averages areas only if both sides shrink. Images that shrink along one side and grow along the other take two
// steps.
cv::Mat resample(const cv::Mat& image, cv::Size size) {
  const cv::Size shrunk(std::min(image.cols, size.width), std::min(image.rows, size.height));
  return resize_one_way(resize_one_way(image, shrunk, cv::INTER_AREA), size, cv::INTER_CUBIC);
}

Geometry preprocess(const Picture& picture, const Preprocessing& preprocessing, float* pixels) {
  const cv::Mat& image = picture.pixels;
  const int side = preprocessing.input_size;
  if (side < 1) throw Error("the network's input size is {}; it must be at least 1", side);
  if (image.empty() || (image.type() != CV_8UC3 && !picture.to_srgb)) {
    throw Error("a picture to prepare must have 8-bit BGR pixels");
  }
  // Converting the few pixels that are left costs a small part of decoding.
  const cv::Mat square = srgb_pixels({resample(image, {side, side}), picture.to_srgb});

  // A table of the 256 values per channel is fast and gives the same result on every machine.
  std::array<std::array<float, 3>, 256> values{};
  for (std::size_t level = 0; level < values.size(); ++level) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      values[level][channel] = (static_cast<float>(level) - preprocessing.mean[channel]) * preprocessing.scale[channel];
    }
  }
  for (int row = 0; row < side; ++row) {
    const unsigned char* source = square.ptr(row);
    for (int column = 0; column < side; ++column, source += 3, pixels += 3) {
      pixels[0] = values[source[2]][0];
      pixels[1] = values[source[1]][1];
      pixels[2] = values[source[0]][2];
    }
  }
  return {image.size(), side};
}

Geometry preprocess(const cv::Mat& image, const Preprocessing& preprocessing, float* pixels) {
  return preprocess(Picture{image, nullptr}, preprocessing, pixels);
}

Preprocessed preprocess(const Picture& picture, const Preprocessing& preprocessing) {
  Preprocessed preprocessed;
  if (preprocessing.input_size > 0) preprocessed.pixels.resize(preprocessing.values());
  preprocessed.geometry = preprocess(picture, preprocessing, preprocessed.pixels.data());
  return preprocessed;
}

Preprocessed preprocess(const cv::Mat& image, const Preprocessing& preprocessing) {
  return preprocess(Picture{image, nullptr}, preprocessing);
}

}  // namespace saccade::vision
