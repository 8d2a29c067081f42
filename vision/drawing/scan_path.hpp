#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"
#include "vision/drawing/font.hpp"
#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// A photo with the fixations of its caption, joined in order by saccades.
struct ScanPathOptions {
  int side = 900;   ///< pixels of the photo's longer side; of several on a page, each has two thirds of it
  int columns = 0;  ///< of a page with several; 0 chooses
};

/// Draws the scan path of a caption whose words each saw one cell: a pale photo with a numbered disc for each fixation
/// (successive words in one cell share one, "3-5"), and beneath it, on white, the words with their numbers. 8-bit BGR.
/// Throws Error when the words did not see one cell each, when the caption's parts do not fit together, or when the
/// geometry is another picture's.
cv::Mat scan_path(const cv::Mat& photo, const Caption& caption, const Geometry& geometry,
                  const ScanPathOptions& options, const Font& font);

/// A page with the scan paths of several captions of one photo, in reading order; one caption gives its scan_path().
/// Throws Error where scan_path() does, and when there is no caption.
cv::Mat scan_paths(const cv::Mat& photo, const std::vector<Caption>& captions, const Geometry& geometry,
                   const ScanPathOptions& options, const Font& font);

}  // namespace saccade::vision
