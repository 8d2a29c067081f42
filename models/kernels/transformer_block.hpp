#pragma once

#include <cstdint>
#include <memory>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "models/kernels/linear.hpp"

// Parts of a Transformer (Vaswani et al. 2017) with pre-layer normalization (Xiong et al. 2020), which trains without a
// long warm-up.

namespace saccade::models {

class LayerNorm : public torch::nn::Module {
 public:
  explicit LayerNorm(std::int64_t width);
  torch::Tensor forward(const torch::Tensor& x) const;

 private:
  torch::Tensor gain_, bias_;  // [W]
};

/// x + W_2 relu(W_1 norm(x)).
class FeedForward : public torch::nn::Module {
 public:
  FeedForward(std::int64_t width, std::int64_t hidden);
  /// [..., W] -> [..., W]
  torch::Tensor forward(const torch::Tensor& x, Precision precision) const;

 private:
  std::shared_ptr<LayerNorm> norm_;
  torch::Tensor in_, in_bias_, out_, out_bias_;
};

/// x + W_o [softmax(q_k . k_i / sqrt(d)) v]_heads.
class SelfAttention : public torch::nn::Module {
 public:
  /// Throws Error if the width is not a multiple of the number of heads.
  SelfAttention(std::int64_t width, std::int64_t heads);

  /// Attends to all positions: x [B, T, W] -> [B, T, W].
  torch::Tensor forward(const torch::Tensor& x, Precision precision) const;

  /// Attends to the same and earlier positions.
  torch::Tensor forward_masked(const torch::Tensor& x, Precision precision) const;

  /// Adds one position after those with keys and values `past` [B, t, 2 W] (undefined: none). x: [B, W]. Returns [B,
  /// W]. `past` becomes [B, t + 1, 2 W].
  torch::Tensor forward_next(const torch::Tensor& x, torch::Tensor& past, Precision precision) const;

 private:
  torch::Tensor run(const torch::Tensor& x, bool masked, Precision precision) const;
  torch::Tensor mix(const torch::Tensor& query, const torch::Tensor& keys_values, bool masked) const;

  std::int64_t heads_;
  std::shared_ptr<LayerNorm> norm_;
  torch::Tensor in_;   // [3 W, W]: queries, keys, values
  torch::Tensor out_;  // [W, W]
};

/// Sinusoidal position encodings (Vaswani et al. 2017, section 3.5): positions [n] to [n, width], sines before
/// cosines. The width is even.
torch::Tensor sinusoids(const torch::Tensor& positions, std::int64_t width);

}  // namespace saccade::models
