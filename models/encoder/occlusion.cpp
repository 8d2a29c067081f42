#include "models/encoder/occlusion.hpp"

#include <cstdint>
#include <vector>

#include "vision/input/geometry.hpp"

namespace saccade::models {
namespace {

/// For each pixel along a side, the cell whose tile contains its center. `begins`: start of each tile.
torch::Tensor places(const std::vector<double>& begins, int side) {
  std::vector<std::int64_t> cells;
  std::size_t cell = 0;
  for (int pixel = 0; pixel < side; ++pixel) {
    while (cell + 1 < begins.size() && begins[cell + 1] <= pixel + 0.5) ++cell;
    cells.push_back(static_cast<std::int64_t>(cell));
  }
  return torch::tensor(cells, torch::kLong);
}

}  // namespace

Occluder::Occluder(const Grid& grid, int input_size) {
  const vision::Geometry geometry{{input_size, input_size}, input_size};
  std::vector<double> tops, lefts;
  for (int row = 0; row < grid.rows; ++row) tops.push_back(geometry.cell_in_input(grid, row, 0).y);
  for (int column = 0; column < grid.columns; ++column) lefts.push_back(geometry.cell_in_input(grid, 0, column).x);
  cell_of_ = (places(tops, input_size).unsqueeze(1) * grid.columns + places(lefts, input_size)).flatten();
}

torch::Tensor Occluder::pictures(const torch::Tensor& pixels, const torch::Tensor& visible) const {
  const torch::Tensor seen = visible.index_select(1, cell_of_.to(visible.device()));
  return pixels * seen.view({-1, pixels.size(0), pixels.size(1), 1});
}

}  // namespace saccade::models
