#include "vision/input/augmentation.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

namespace saccade::vision {
namespace {

double uniform(std::mt19937_64& random, double low, double high) {
  // std::uniform_real_distribution differs between standard libraries.
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
}

}  // namespace

cv::Mat augment(const cv::Mat& image, const Augmentation& augmentation, std::mt19937_64& random, Crop* crop) {
  const auto side = [&](int full) {
    return std::max(1, static_cast<int>(std::lround(full * uniform(random, augmentation.smallest_crop, 1))));
  };
  const auto place = [&](int full, int part) {
    return std::min(full - part, static_cast<int>(uniform(random, 0, full - part + 1)));
  };
  const int width = side(image.cols);
  const int height = side(image.rows);
  const int left = place(image.cols, width);
  const int top = place(image.rows, height);
  const double contrast = 1 + augmentation.contrast * uniform(random, -1, 1);
  const double brightness = 1 + augmentation.brightness * uniform(random, -1, 1);
  const bool mirror = uniform(random, 0, 1) < 0.5 && augmentation.mirror;

  const cv::Mat part = image(cv::Rect(left, top, width, height));
  const cv::Scalar mean = cv::mean(part);
  const double gray = (mean[0] + mean[1] + mean[2]) / 3;
  cv::Mat result;
  part.convertTo(result, -1, contrast * brightness, (1 - contrast) * brightness * gray);
  if (mirror) cv::flip(result, result, 1);
  if (crop != nullptr) {
    const double columns = image.cols, rows = image.rows;
    *crop = {left / columns, top / rows, width / columns, height / rows, mirror};
  }
  return result;
}

}  // namespace saccade::vision
