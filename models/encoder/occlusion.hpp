#pragma once

#include <torch/types.h>

#include "core/text/caption.hpp"

namespace saccade::models {

/// Grays cells of a photo in the network's input, each the tile that it is drawn as (vision/input/geometry.hpp). A
/// grayed pixel is 0: of the mean color that the input is normalized by.
class Occluder {
 public:
  Occluder(const Grid& grid, int input_size);

  /// pixels [S, S, 3] of a photo, visible [n, L] bool -> [n, S, S, 3].
  torch::Tensor pictures(const torch::Tensor& pixels, const torch::Tensor& visible) const;

 private:
  torch::Tensor cell_of_;  // [S S] int64: the cell of each pixel
};

}  // namespace saccade::models
