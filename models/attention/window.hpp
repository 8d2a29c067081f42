#pragma once

#include <cstdint>

#include <torch/types.h>

#include "core/base/choice.hpp"
#include "core/text/caption.hpp"

namespace saccade::models {

/// The width of the window of local attention (Luong et al. 2015, section 3.2).
struct WindowOptions : OptionsOf<WindowOptions> {
  std::int64_t window = 2;

  void fields(Fields& f) override {
    f(window, "window", Range{1, 64}, "Set the half-width of the window of local attention, in cells.",
      Affects::kModel);
  }
};

/// Where the cells of a grid are, in two dimensions: the middle of cell (row, column) lies at (row + 1/2, column +
/// 1/2).
class Window {
 public:
  Window(const Grid& grid, std::int64_t half_width);

  /// What is added to scores so that cells outside the windows around `middle` [R, 2] weigh nothing: [R, L]. A window
  /// always holds a cell, for its half width is at least 1.
  torch::Tensor mask(const torch::Tensor& middle) const;

  /// Squared distances from `middle` [R, 2]: [R, L].
  torch::Tensor squared_distance(const torch::Tensor& middle) const;

  /// The middle of cell `cell`, [1, 2].
  torch::Tensor middle_of(std::int64_t cell) const { return cells_.narrow(0, cell, 1); }

 private:
  torch::Tensor offset(const torch::Tensor& middle) const;  // [R, L, 2]

  torch::Tensor cells_;  // [L, 2]
  double half_width_;
};

}  // namespace saccade::models
