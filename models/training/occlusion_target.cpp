#include "models/training/occlusion_target.hpp"

#include <algorithm>

#include "models/decoder/decoder.hpp"

namespace saccade::models {

using torch::Tensor;

Tensor draw_blocks(const Grid& grid, std::int64_t images, std::mt19937_64& random) {
  const auto interval = [&random](int cells) {
    const int shortest = std::max(1, cells / 5), longest = std::max(shortest, cells / 2);
    const int length = std::uniform_int_distribution<int>(shortest, longest)(random);
    return std::pair(std::uniform_int_distribution<int>(0, cells - length)(random), length);
  };
  const Tensor hidden = torch::zeros({images, grid.rows, grid.columns}, torch::kBool);
  for (std::int64_t i = 0; i < images; ++i) {
    const auto [top, height] = interval(grid.rows);
    const auto [left, width] = interval(grid.columns);
    hidden[i].narrow(0, top, height).narrow(1, left, width).fill_(true);
  }
  return hidden.flatten(1);
}

Tensor occlusion_drops(const Captioner& model, const Tensor& whole, const Tensor& occluded, const CaptionBatch& batch,
                       Precision precision) {
  const torch::NoGradGuard no_gradient;
  UnrollOptions plain;
  plain.word_dropout = plain.dropout = 0;
  plain.precision = precision;
  const auto log_p = [&](const Tensor& annotations) {
    const Tensor logits = model.decoder->unroll(annotations.detach(), batch, plain).logits;
    return at::log_softmax(logits, -1).gather(1, batch.targets.unsqueeze(1)).squeeze(1);
  };
  return (log_p(whole) - log_p(occluded)).clamp_min(0);
}

Tensor occlusion_loss(const Tensor& log_alpha, const Tensor& drops, const Tensor& hidden, std::int64_t heads) {
  const Tensor alpha = log_alpha.narrow(1, log_alpha.size(1) - heads, heads).exp().mean(1);  // [P, L]
  constexpr double kLeast = 1e-6;  // lower bound of the mass, so that a single word cannot dominate
  const Tensor inside = (alpha * hidden.to(alpha.scalar_type())).sum(1).clamp_min(kLeast);
  return -drops.dot(inside.log()) / drops.sum().clamp_min(kLeast);
}

}  // namespace saccade::models
