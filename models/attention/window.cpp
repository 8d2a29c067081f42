#include "models/attention/window.hpp"

namespace saccade::models {

using torch::Tensor;

Window::Window(const Grid& grid, std::int64_t half_width) : half_width_(static_cast<double>(half_width)) {
  const Tensor row = at::arange(grid.rows, torch::kDouble).repeat_interleave(grid.columns);
  const Tensor column = at::arange(grid.columns, torch::kDouble).repeat({grid.rows});
  cells_ = at::stack({row, column}, 1) + 0.5;
}

Tensor Window::offset(const Tensor& middle) const {
  return cells_.to(middle.options()).unsqueeze(0) - middle.unsqueeze(1);
}

Tensor Window::mask(const Tensor& middle) const {
  constexpr double kOutside = -1e4;  // exp() is 0; finite, so that products stay finite
  const Tensor distance = offset(middle.detach()).abs().amax(-1);
  return (distance > half_width_).to(middle.scalar_type()) * kOutside;
}

Tensor Window::squared_distance(const Tensor& middle) const {
  return offset(middle).square().sum(-1);
}

}  // namespace saccade::models
