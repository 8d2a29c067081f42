#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <opencv2/core/types.hpp>

#include "core/text/caption.hpp"

namespace saccade::vision {

/// A fixation: consecutive words that read the same cell.
struct Fixation {
  int cell = 0;
  std::size_t first = 0;  ///< index of the first word
  std::size_t last = 0;
  cv::Point center;  ///< center of its disc, in pixels
  int radius = 0;    ///< radius in pixels; the area is proportional to the number of words

  /// One-based word numbers: "3", or "3-5" for several.
  std::string label() const;
};

/// Fixations of a caption whose words each read one cell, in order, with a disc for each on a picture of size
/// `picture`. `radius`: radius for one word. The first fixation of a cell is at its center; later ones are next to it,
/// within the cell if possible. Discs overlap or leave the picture only if it is too small.
std::vector<Fixation> lay_out_fixations(const Caption& caption, cv::Size picture, int radius);

}  // namespace saccade::vision
