#pragma once

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Resizes the photo (8-bit BGR) for a page. Keeps the pixels of icons sharp.
cv::Mat shrink_or_enlarge(const cv::Mat& photo, cv::Size size);

/// Number of columns for `pictures` of this size (including gaps) on a landscape page with few empty places.
int choose_columns(int pictures, cv::Size picture);

}  // namespace saccade::vision
