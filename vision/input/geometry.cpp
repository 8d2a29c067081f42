#include "vision/input/geometry.hpp"

#include <utility>

namespace saccade::vision {
namespace {

/// Start and end of cell `place` of `cells` along a side of `length` pixels; the outer cells reach the borders.
std::pair<double, double> extent(double length, int cells, double shift, int place) {
  const double cell = length / cells;
  return {place == 0 ? 0 : (place + shift) * cell, place == cells - 1 ? length : (place + 1 + shift) * cell};
}

cv::Rect2d cell_of(double width, double height, const Grid& grid, int row, int column) {
  const auto [left, right] = extent(width, grid.columns, grid.shift, column);
  const auto [top, bottom] = extent(height, grid.rows, grid.shift, row);
  return {left, top, right - left, bottom - top};
}

}  // namespace

cv::Rect2d Geometry::cell_in_input(const Grid& grid, int row, int column) const {
  return cell_of(input_size, input_size, grid, row, column);
}

cv::Rect2d Geometry::cell_in_original(const Grid& grid, int row, int column) const {
  return cell_of(original.width, original.height, grid, row, column);
}

}  // namespace saccade::vision
