#pragma once

#include <random>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Limits of random augmentation. They are small, so that captions stay true.
struct Augmentation {
  double smallest_crop = 0.8;  ///< minimum share of each side; size and position are random
  double brightness = 0.15;    ///< factor drawn from 1 +- this
  double contrast = 0.15;      ///< factor drawn from 1 +- this, around the mean of the image
  bool mirror = true;          ///< flip horizontally with probability 0.5
};

/// The visible part of an image, as fractions of width and height, and whether it is flipped.
struct Crop {
  double left = 0, top = 0, width = 1, height = 1;
  bool mirrored = false;
};

/// Applies a random augmentation to an image (8-bit BGR). The result has the size of the crop; preprocess() resamples
/// it. `crop`, if not null, receives the crop.
cv::Mat augment(const cv::Mat& image, const Augmentation& augmentation, std::mt19937_64& random, Crop* crop = nullptr);

}  // namespace saccade::vision
