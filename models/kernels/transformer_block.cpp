#include "models/kernels/transformer_block.hpp"

#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

LayerNorm::LayerNorm(std::int64_t width) {
  gain_ = register_parameter("gain", torch::ones({width}));
  bias_ = register_parameter("bias", torch::zeros({width}));
}

Tensor LayerNorm::forward(const Tensor& x) const {
  return at::layer_norm(x, {x.size(-1)}, gain_, bias_);
}

FeedForward::FeedForward(std::int64_t width, std::int64_t hidden) {
  norm_ = register_module("norm", std::make_shared<LayerNorm>(width));
  in_ = register_parameter("in", uniform_weight(hidden, width));
  in_bias_ = register_parameter("in_bias", torch::zeros({hidden}));
  out_ = register_parameter("out", uniform_weight(width, hidden));
  out_bias_ = register_parameter("out_bias", torch::zeros({width}));
}

Tensor FeedForward::forward(const Tensor& x, Precision precision) const {
  const Tensor hidden = at::relu(linear(norm_->forward(x), in_, in_bias_, precision));
  return x + linear(hidden, out_, out_bias_, precision);
}

SelfAttention::SelfAttention(std::int64_t width, std::int64_t heads) : heads_(heads) {
  if (width % heads != 0)
    throw Error(
        "the width {} of a Transformer's layers (the embedding's, or the refiner's) is no multiple of its {} heads",
        width, heads);
  norm_ = register_module("norm", std::make_shared<LayerNorm>(width));
  in_ = register_parameter("in", uniform_weight(3 * width, width));
  out_ = register_parameter("out", uniform_weight(width, width));
}

Tensor SelfAttention::forward(const Tensor& x, Precision precision) const {
  return run(x, /*masked=*/false, precision);
}

Tensor SelfAttention::forward_masked(const Tensor& x, Precision precision) const {
  return run(x, /*masked=*/true, precision);
}

Tensor SelfAttention::run(const Tensor& x, bool masked, Precision precision) const {
  const std::int64_t width = x.size(-1);
  const auto parts = linear(norm_->forward(x), in_, {}, precision).split_with_sizes({width, 2 * width}, -1);
  return x + linear(mix(parts[0], parts[1], masked), out_, {}, precision);
}

Tensor SelfAttention::forward_next(const Tensor& x, Tensor& past, Precision precision) const {
  const std::int64_t width = x.size(-1);
  const auto parts =
      linear(norm_->forward(x), in_, {}, precision).unsqueeze(1).split_with_sizes({width, 2 * width}, -1);
  past = past.defined() ? at::cat({past, parts[1]}, 1) : parts[1];
  return x + linear(mix(parts[0], past, /*masked=*/false).squeeze(1), out_, {}, precision);
}

/// query: [B, Q, W]; keys_values: [B, T, 2 W]. Returns [B, Q, W].
Tensor SelfAttention::mix(const Tensor& query, const Tensor& keys_values, bool masked) const {
  const auto heads = [this](const Tensor& x) {
    return x.reshape({x.size(0), x.size(1), heads_, -1}).transpose(1, 2);  // [B, heads, positions, d]
  };
  const auto parts = keys_values.chunk(2, -1);
  const Tensor q = heads(query), k = heads(parts[0]), v = heads(parts[1]);
  Tensor scores = at::matmul(q, k.transpose(-1, -2)) / std::sqrt(static_cast<double>(q.size(-1)));
  if (masked) {
    const Tensor later = at::ones({q.size(2), k.size(2)}, q.options().dtype(torch::kBool)).triu(1);
    scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
  }
  return at::matmul(at::softmax(scores, -1), v).transpose(1, 2).flatten(2);
}

Tensor sinusoids(const Tensor& positions, std::int64_t width) {
  const std::int64_t half = width / 2;
  constexpr double kLongestWave = 10000;
  const Tensor exponent = at::arange(half, torch::kFloat) / static_cast<double>(half);
  const Tensor angle = positions.to(torch::kFloat).unsqueeze(1) * at::exp(-std::log(kLongestWave) * exponent);
  return at::cat({angle.sin(), angle.cos()}, 1);
}

}  // namespace saccade::models
