#include "models/training/loss.hpp"

namespace saccade::models {

using torch::Tensor;

Tensor outside_loss(const Tensor& log_alpha, const MapTargets& targets) {
  const Tensor maps = log_alpha.index_select(0, targets.position);  // [Q, M, L]
  const Tensor alpha = maps.narrow(1, maps.size(1) - targets.heads, targets.heads).exp().mean(1);
  constexpr double kLeast = 1e-6;  // lower bound of the mass, so that a single word cannot dominate
  const Tensor outside = -(alpha * targets.coverage.to(alpha.scalar_type())).sum(1).clamp_min(kLeast).log();
  return targets.shares.defined() ? outside.dot(targets.shares.to(outside.scalar_type())) : outside.mean();
}

Loss caption_loss(const Unrolled& unrolled, const CaptionBatch& batch, const LossOptions& options,
                  const LossTargets& targets) {
  const Tensor& shares = targets.shares;
  const auto mean = [&shares](const Tensor& words) { return shares.defined() ? words.dot(shares) : words.mean(); };
  const Tensor log_p = at::log_softmax(unrolled.logits, -1);
  const Tensor of_words = log_p.gather(1, batch.targets.unsqueeze(1)).squeeze(1);
  Tensor words = -(1 - options.label_smoothing) * of_words;
  if (options.label_smoothing > 0) words = words - options.label_smoothing * log_p.mean(1);
  if (options.teacher_share > 0) {
    words = (1 - options.teacher_share) * words - options.teacher_share * (targets.teacher * log_p).sum(1);
  }
  Loss loss;
  loss.total = mean(words);
  loss.cross_entropy = -mean(of_words.detach());
  loss.words = words.detach();
  if (options.boxes_weight > 0 && targets.maps.position.defined()) {
    loss.total = loss.total + options.boxes_weight * outside_loss(unrolled.log_alpha, targets.maps);
  }
  if (options.doubly_stochastic > 0 && unrolled.log_alpha.defined()) {
    const Tensor alpha = unrolled.log_alpha.exp();  // [P, M, L]; each map should attend to each cell once
    const Tensor seen =
        at::zeros({batch.captions(), alpha.size(1), alpha.size(2)}, alpha.options()).index_add(0, batch.row, alpha);
    const Tensor unseen = (1 - seen).square().flatten(1).mean(1);  // [B]
    // The first words of all rows are packed first, so that their shares are those of the captions.
    const Tensor captions =
        shares.defined() ? shares.narrow(0, 0, batch.captions()).to(unseen.scalar_type()) : at::ones_like(unseen);
    loss.total = loss.total + options.doubly_stochastic * unseen.dot(captions) / captions.sum();
  }
  return loss;
}

}  // namespace saccade::models
