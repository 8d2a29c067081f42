#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <opencv2/core/types.hpp>

#include "core/text/caption.hpp"

namespace saccade::vision {

/// A stay of the eye: successive words that saw one and the same cell.
struct Fixation {
  int cell = 0;
  std::size_t first = 0;  ///< of its words, counted from 0
  std::size_t last = 0;
  cv::Point center;  ///< of its disc, in pixels of the picture
  int radius = 0;    ///< in pixels; the area grows with the number of words

  /// The numbers of its words, counted from 1: "3", or "3-5" of several.
  std::string label() const;
};

/// The fixations of a caption whose words each saw one cell, in order, with a disc for each on a picture of size
/// `picture`. The disc of one word has radius `radius`. The first fixation of a cell is at its middle; later ones stand
/// beside it, within the cell while there is room, else as near as may be. Discs overlap only where the picture has no
/// room for them, and lie within it unless it is so thin that its places would be lost.
std::vector<Fixation> lay_out_fixations(const Caption& caption, cv::Size picture, int radius);

}  // namespace saccade::vision
