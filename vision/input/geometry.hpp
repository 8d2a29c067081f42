#pragma once

#include <opencv2/core/types.hpp>

#include "core/text/caption.hpp"

namespace saccade::vision {

/// How the network's square input and the annotation grid lie over the original picture. The whole picture is squashed
/// to the square, as the training pictures are, so that every cell of the grid covers the same share of the original
/// and nothing of it is cut away.
struct Geometry {
  cv::Size original;   ///< of the picture, in pixels
  int input_size = 0;  ///< side of the network's input, in pixels

  /// The rectangle of cell (row, column) in pixels of the network's input; its right and lower borders belong to the
  /// next cells.
  cv::Rect2d cell_in_input(const Grid& grid, int row, int column) const;

  /// The same rectangle in pixels of the original picture.
  cv::Rect2d cell_in_original(const Grid& grid, int row, int column) const;
};

}  // namespace saccade::vision
