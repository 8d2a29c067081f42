#pragma once

#include <cstdint>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/fields.hpp"
#include "core/base/grid.hpp"
#include "models/kernels/linear.hpp"
#include "models/kernels/transformer_block.hpp"

namespace saccade::models {

struct RefinerOptions {
  std::int64_t layers = 0;
  std::int64_t width = 512;
  std::int64_t heads = 8;

  void fields(Fields& f) {
    f(layers, "refiner-layers", Range{0, 64}, "Add N layers of self-attention over the cells after the encoder.",
      Affects::kModel);
    f(width, "refiner-width", Range{4, 8192}, "Set the width of the refiner, a multiple of --refiner-heads.",
      Affects::kModel);
    f(heads, "refiner-heads", Range{1, 64}, "Set the number of heads of the refiner.", Affects::kModel);
  }
};

/// Self-attention over the cells (Vaswani et al. 2017). Projects annotations to the width of the refiner, adds
/// sinusoidal encodings of row and column, and applies residual layers with layer normalization.
class Refiner : public torch::nn::Module {
 public:
  /// `annotation`: D. Throws Error if the width is not a multiple of 4 and of the number of heads.
  Refiner(const RefinerOptions& options, std::int64_t annotation, const Grid& grid);

  /// annotations: [N, L, D]. Returns [N, L, width].
  torch::Tensor forward(const torch::Tensor& annotations, Precision precision);

 private:
  torch::Tensor project_, project_bias_;  // [width, D], [width]
  torch::Tensor positions_;               // [L, width]
  std::vector<std::shared_ptr<SelfAttention>> attention_;
  std::vector<std::shared_ptr<FeedForward>> feed_forward_;
  std::shared_ptr<LayerNorm> norm_;
};

}  // namespace saccade::models
