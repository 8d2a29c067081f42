#pragma once

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"

namespace saccade::vision {

/// Where cell `cell` of the grid lies on a picture of size `picture`, in pixels: its tile, moved by grid.shift cells to
/// the right and down and clipped to the picture, but never empty. Throws Error when the grid has no such cell.
cv::Rect cell_rectangle(int cell, const Grid& grid, cv::Size picture);

/// Frames the cell on an 8-bit BGR picture: a white line along its border, between dark ones, so wide that it shows at
/// the size of the picture. At the border of the picture the frame stays whole; a cell that is too small for a frame
/// gets one around it.
void frame_cell(cv::Mat& picture, int cell, const Grid& grid);

}  // namespace saccade::vision
