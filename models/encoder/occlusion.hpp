#pragma once

#include <torch/types.h>

#include "core/base/grid.hpp"

namespace saccade::models {

/// Hides cells in the network input by setting the pixels of their tiles (vision/input/geometry.hpp) to 0, the mean
/// color.
class Occluder {
 public:
  Occluder(const Grid& grid, int input_size);

  /// pixels: [S, S, 3]; visible: [n, L] bool. Returns [n, S, S, 3].
  torch::Tensor pictures(const torch::Tensor& pixels, const torch::Tensor& visible) const;

 private:
  torch::Tensor cell_of_;  // [S S] int64: cell of each pixel
};

}  // namespace saccade::models
