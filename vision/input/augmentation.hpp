#pragma once

#include <random>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// How far training pictures may be varied. A caption must stay true of the picture, so all of it is gentle.
struct Augmentation {
  double smallest_crop = 0.8;  ///< of each side; the crop's place and both its sides are drawn at random
  double brightness = 0.15;    ///< factor drawn from 1 +- this
  double contrast = 0.15;      ///< factor drawn from 1 +- this, about the picture's mean
  bool mirror = true;          ///< left for right, half of the time
};

/// Which part of a picture is shown, as fractions of its width and height, and whether left for right.
struct Crop {
  double left = 0, top = 0, width = 1, height = 1;
  bool mirrored = false;
};

/// A random variation of a picture (8-bit BGR). The size is the crop's; resampling is left to preprocess. `crop`, where
/// it is asked for, says what was taken.
cv::Mat augment(const cv::Mat& image, const Augmentation& augmentation, std::mt19937_64& random, Crop* crop = nullptr);

}  // namespace saccade::vision
