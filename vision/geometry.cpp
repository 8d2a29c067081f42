#include "vision/geometry.hpp"

namespace saccade::vision {
namespace {

cv::Rect2d cell_of(double width, double height, const Grid& grid, int row, int column) {
  const double cell_width = width / grid.columns;
  const double cell_height = height / grid.rows;
  return {column * cell_width, row * cell_height, cell_width, cell_height};
}

}  // namespace

cv::Rect2d Geometry::cell_in_input(const Grid& grid, int row, int column) const {
  return cell_of(input_size, input_size, grid, row, column);
}

cv::Rect2d Geometry::cell_in_original(const Grid& grid, int row, int column) const {
  return cell_of(original.width, original.height, grid, row, column);
}

}  // namespace saccade::vision
