#include "vision/drawing/heatmap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/base/error.hpp"

namespace saccade::vision {
namespace {

/// Contribution of the cells to one row or column of pixels: the sum of four weighted cells times `factor`, clamped to
/// the middle two.
struct Tap {
  std::array<int, 4> cell;
  std::array<float, 4> factor;
};

std::vector<Tap> taps(int pixels, int cells, double shift, double smooth) {
  std::vector<Tap> result(static_cast<std::size_t>(pixels));
  for (int pixel = 0; pixel < pixels; ++pixel) {
    // Centers are at half-integers; the first and last cells are repeated beyond the edges.
    const double position = (pixel + 0.5) * cells / pixels - 0.5 - shift;
    const int before = static_cast<int>(std::floor(position));
    double t = position - before;
    t = smooth > 0 ? std::clamp((t - 0.5) / smooth + 0.5, 0.0, 1.0) : (t < 0.5 ? 0.0 : 1.0);
    Tap& tap = result[static_cast<std::size_t>(pixel)];
    for (int i = 0; i < 4; ++i) tap.cell[static_cast<std::size_t>(i)] = std::clamp(before - 1 + i, 0, cells - 1);
    tap.factor = {static_cast<float>(((-0.5 * t + 1) * t - 0.5) * t), static_cast<float>((1.5 * t - 2.5) * t * t + 1),
                  static_cast<float>(((-1.5 * t + 2) * t + 0.5) * t), static_cast<float>((0.5 * t - 0.5) * t * t)};
  }
  return result;
}

}  // namespace

cv::Mat heatmap(const float* alpha, const Grid& grid, cv::Size size, double smooth) {
  if (!(smooth >= 0 && smooth <= 1)) throw Error("the smoothness of a heatmap is {}; it must be from 0 to 1", smooth);
  if (grid.rows < 1 || grid.columns < 1) throw Error("a heatmap needs a grid of at least one cell");
  const std::vector<Tap> across = taps(size.width, grid.columns, grid.shift, smooth);
  const std::vector<Tap> down = taps(size.height, grid.rows, grid.shift, smooth);

  // Interpolates rows of cells horizontally, then vertically.
  cv::Mat wide(grid.rows, size.width, CV_32F);
  for (int row = 0; row < grid.rows; ++row) {
    const float* cells = alpha + static_cast<std::ptrdiff_t>(row) * grid.columns;
    auto* target = wide.ptr<float>(row);
    for (const Tap& tap : across) {
      float sum = 0;
      for (std::size_t i = 0; i < 4; ++i) sum += tap.factor[i] * cells[tap.cell[i]];
      *target++ = sum;
    }
  }
  cv::Mat map(size, CV_32F);
  for (int row = 0; row < size.height; ++row) {
    const Tap& tap = down[static_cast<std::size_t>(row)];
    const float* upper = alpha + static_cast<std::ptrdiff_t>(tap.cell[1]) * grid.columns;
    const float* lower = alpha + static_cast<std::ptrdiff_t>(tap.cell[2]) * grid.columns;
    const std::array<const float*, 4> rows{wide.ptr<float>(tap.cell[0]), wide.ptr<float>(tap.cell[1]),
                                           wide.ptr<float>(tap.cell[2]), wide.ptr<float>(tap.cell[3])};
    auto* target = map.ptr<float>(row);
    for (int column = 0; column < size.width; ++column) {
      const Tap& sideways = across[static_cast<std::size_t>(column)];
      float sum = 0;
      for (std::size_t i = 0; i < 4; ++i) sum += tap.factor[i] * rows[i][column];
      const int left = sideways.cell[1], right = sideways.cell[2];
      const auto [least, most] = std::minmax({upper[left], upper[right], lower[left], lower[right]});
      target[column] = std::clamp(sum, least, most);
    }
  }
  return map;
}

float full_weight(const Caption& caption, std::size_t word, Scale scale) {
  const auto cells = static_cast<std::ptrdiff_t>(caption.grid.cells());
  const auto first =
      scale == Scale::word ? caption.alpha.begin() + static_cast<std::ptrdiff_t>(word) * cells : caption.alpha.begin();
  const auto last = scale == Scale::word ? first + cells : caption.alpha.end();
  const float largest = first == last ? 0 : *std::max_element(first, last);
  return std::min(1.0F, std::max(largest, 2.0F / static_cast<float>(std::max<std::ptrdiff_t>(cells, 1))));
}

}  // namespace saccade::vision
