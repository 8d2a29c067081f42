#pragma once

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// The photo (8-bit BGR) at the size that it has on a page. Pixels of an icon are shown as pixels.
cv::Mat shrink_or_enlarge(const cv::Mat& photo, cv::Size size);

/// How many of `pictures` of this size in pixels, room between them included, should stand side by side: for a page
/// near the shape of one of a talk, with few empty places in its last row.
int choose_columns(int pictures, cv::Size picture);

}  // namespace saccade::vision
