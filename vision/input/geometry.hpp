#pragma once

#include <opencv2/core/types.hpp>

#include "core/base/grid.hpp"

namespace saccade::vision {

/// Maps the square network input and the annotation grid to the original image. The whole image is resized to the
/// square, so that every cell covers the same share of it.
struct Geometry {
  cv::Size original;   ///< size of the image, in pixels
  int input_size = 0;  ///< side of the network input, in pixels

  /// Rectangle of cell (row, column) in pixels of the network input. The right and lower borders belong to the next
  /// cells.
  cv::Rect2d cell_in_input(const Grid& grid, int row, int column) const;

  /// The same rectangle in pixels of the original image.
  cv::Rect2d cell_in_original(const Grid& grid, int row, int column) const;
};

}  // namespace saccade::vision
