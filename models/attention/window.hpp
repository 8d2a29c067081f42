#pragma once

#include <cstdint>

#include <torch/types.h>

#include "core/base/choice.hpp"
#include "core/base/grid.hpp"

namespace saccade::models {

/// Options of local attention (Luong et al. 2015, section 3.2).
struct WindowOptions : OptionsOf<WindowOptions> {
  std::int64_t window = 2;

  void fields(Fields& f) override {
    f(window, "window", Range{1, 64}, "Set the half-width of the window of local attention, in cells.",
      Affects::kModel);
  }
};

/// Positions of grid cells: the center of cell (row, column) is (row + 1/2, column + 1/2).
class Window {
 public:
  Window(const Grid& grid, std::int64_t half_width);

  /// Returns a score offset [R, L] that removes cells outside the windows around `middle` [R, 2]. A window contains at
  /// least one cell because its half-width is at least 1.
  torch::Tensor mask(const torch::Tensor& middle) const;

  /// Squared distances from `middle` [R, 2]: [R, L].
  torch::Tensor squared_distance(const torch::Tensor& middle) const;

  /// Center of a cell, [1, 2].
  torch::Tensor middle_of(std::int64_t cell) const { return cells_.narrow(0, cell, 1); }

 private:
  torch::Tensor offset(const torch::Tensor& middle) const;  // [R, L, 2]

  torch::Tensor cells_;  // [L, 2]
  double half_width_;
};

}  // namespace saccade::models
