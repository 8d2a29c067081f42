#pragma once

#include <opencv2/core/mat.hpp>

#include "core/base/grid.hpp"

namespace saccade::vision {

/// Rectangle of a grid cell on a picture, in pixels: its tile, shifted by grid.shift cells to the lower right and
/// clipped to the picture, never empty. Throws Error if the grid has no such cell.
cv::Rect cell_rectangle(int cell, const Grid& grid, cv::Size picture);

/// Frames a cell on an 8-bit BGR picture with a white line between dark ones, scaled to the picture. The frame stays
/// complete at the border, and surrounds cells that are too small for it.
void frame_cell(cv::Mat& picture, int cell, const Grid& grid);

}  // namespace saccade::vision
