#include "vision/drawing/cell_frame.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.hpp"

namespace saccade::vision {
namespace {

/// Start and length of a place along a side of `length` pixels.
std::pair<int, int> extent(int length, int places, double shift, int place) {
  const double pixels = static_cast<double>(length) / places;
  const int begin = std::clamp(static_cast<int>(std::lround((place + shift) * pixels)), 0, length - 1);
  const int end = std::clamp(static_cast<int>(std::lround((place + 1 + shift) * pixels)), begin + 1, length);
  return {begin, end - begin};
}

/// Extends the extent for a line of width `line`, at least three lines long, within the side.
std::pair<int, int> framed(std::pair<int, int> extent, int line, int side) {
  const int length = std::max(extent.second + line, 3 * line);
  const int begin = extent.first - (length - extent.second) / 2;
  const int first = std::clamp(begin, 0, std::max(0, side - 3 * line));
  return {first, std::clamp(begin + length, std::min(first + 3 * line, side), side) - first};
}

/// The area without a border of `by` pixels.
cv::Rect without_border(const cv::Rect& area, int by) {
  return {area.x + by, area.y + by, std::max(0, area.width - 2 * by), std::max(0, area.height - 2 * by)};
}

}  // namespace

cv::Rect cell_rectangle(int cell, const Grid& grid, cv::Size picture) {
  if (cell < 0 || cell >= grid.cells()) throw Error("a grid of {} cells has no cell {}", grid.cells(), cell);
  const auto [x, width] = extent(picture.width, grid.columns, grid.shift, cell % grid.columns);
  const auto [y, height] = extent(picture.height, grid.rows, grid.shift, cell / grid.columns);
  return {x, y, width, height};
}

void frame_cell(cv::Mat& picture, int cell, const Grid& grid) {
  const cv::Rect place = cell_rectangle(cell, grid, picture.size());
  // Scaled to a 4:3 picture of the same area, but without filling the cells of a narrow picture.
  const double side = std::sqrt(static_cast<double>(picture.cols) * picture.rows / 0.75);
  const double shortest =
      std::min(static_cast<double>(picture.cols) / grid.columns, static_cast<double>(picture.rows) / grid.rows);
  const int line = std::max(2, static_cast<int>(std::lround(std::min(side / 140, shortest / 8))));
  const int outline = std::max(1, line / 3);
  const int all = line + 2 * outline;

  const auto [x, width] = framed({place.x, place.width}, all, picture.cols);
  const auto [y, height] = framed({place.y, place.height}, all, picture.rows);
  const cv::Rect area(x, y, width, height);
  // Nested filled areas, then the original content of the innermost.
  const cv::Rect inside = without_border(area, all);
  const cv::Mat hidden = inside.empty() ? cv::Mat() : picture(inside).clone();
  int border = 0;
  for (const auto& [width_of_band, gray] : {std::pair(outline, 0), {line, 255}, {outline, 0}}) {
    const cv::Rect band = without_border(area, border);
    if (!band.empty()) picture(band).setTo(cv::Scalar::all(gray));
    border += width_of_band;
  }
  if (!inside.empty()) hidden.copyTo(picture(inside));
}

}  // namespace saccade::vision
