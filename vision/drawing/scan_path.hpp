#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"
#include "vision/drawing/font.hpp"
#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// A photo with the fixations of its caption, joined in order by saccades.
struct ScanPathOptions {
  int side = 900;   ///< longer side of the photo in pixels; two thirds for several photos on a page
  int columns = 0;  ///< columns of a page with several photos; 0: automatic
};

/// Draws the scan path of a caption whose words each read one cell: a pale photo with a numbered disc per fixation
/// ("3-5" for consecutive words in one cell) and the numbered words below. 8-bit BGR. Throws Error if a word did not
/// read one cell, the caption is inconsistent, or the geometry belongs to another photo.
cv::Mat scan_path(const cv::Mat& photo, const Caption& caption, const Geometry& geometry,
                  const ScanPathOptions& options, const Font& font);

/// A page with the scan paths of several captions of one photo, in reading order. Throws Error like scan_path(), or if
/// there is no caption.
cv::Mat scan_paths(const cv::Mat& photo, const std::vector<Caption>& captions, const Geometry& geometry,
                   const ScanPathOptions& options, const Font& font);

}  // namespace saccade::vision
