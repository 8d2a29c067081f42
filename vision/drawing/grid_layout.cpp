#include "vision/drawing/grid_layout.hpp"

#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/input/preprocessing.hpp"

namespace saccade::vision {

cv::Mat shrink_or_enlarge(const cv::Mat& photo, cv::Size size) {
  if (size.width > 6 * photo.cols && size.height > 6 * photo.rows) {
    cv::Mat enlarged;
    cv::resize(photo, enlarged, size, 0, 0, cv::INTER_NEAREST);
    return enlarged;
  }
  return resample(photo, size);
}

int choose_columns(int pictures, cv::Size picture) {
  constexpr double kShape = 1.6;
  int best = 1;
  double least = 1e30;
  for (int columns = 1; columns <= pictures; ++columns) {
    const int rows = (pictures + columns - 1) / columns;
    const double shape = static_cast<double>(columns * picture.width) / (rows * picture.height);
    const double empty = 2.0 * (rows * columns - pictures) / pictures;
    const double cost = std::abs(std::log(shape / kShape)) + empty;
    if (cost < least) {
      least = cost;
      best = columns;
    }
  }
  return best;
}

}  // namespace saccade::vision
