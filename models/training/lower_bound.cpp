#include "models/training/lower_bound.hpp"

#include "core/base/registry.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr std::int64_t kLongest = 64;  // longer rests share the last average

const Registry<Baseline>& baselines() {
  static const Registry<Baseline> registry("baseline", {{"none", Baseline::kNone},
                                                        {"moving-average", Baseline::kMovingAverage},
                                                        {"learned", Baseline::kLearned},
                                                        {"leave-one-out", Baseline::kLeaveOneOut}});
  return registry;
}

/// Packed positions as a table [T, B'] of steps x rows, with zeros after the end of a caption.
class Table {
 public:
  Table(const CaptionBatch& batch, const Tensor& like) : columns_(batch.captions()) {
    std::vector<Tensor> steps;
    for (std::size_t t = 0; t < batch.active.size(); ++t) {
      steps.push_back(at::full({batch.active[t]}, static_cast<std::int64_t>(t), batch.row.options()));
    }
    place_ = at::cat(steps) * columns_ + batch.row;
    shape_ = {static_cast<std::int64_t>(batch.active.size()), columns_};
    options_ = like.options();
  }

  Tensor spread(const Tensor& packed) const {
    return at::zeros({shape_[0] * shape_[1]}, options_).index_copy_(0, place_, packed).view(shape_);
  }
  Tensor packed(const Tensor& table) const { return table.reshape({-1}).index_select(0, place_); }

 private:
  std::int64_t columns_;
  Tensor place_;
  std::vector<std::int64_t> shape_;
  torch::TensorOptions options_;
};

Tensor sum_to_go(const Tensor& table) {
  return table.flip(0).cumsum(0).flip(0);
}

/// For each row of a table, the mean of the other rows of its caption.
Tensor mean_of_others(const Tensor& table, const Tensor& caption, const Tensor& copies) {
  const Tensor sums = at::zeros({table.size(0), copies.size(0)}, table.options()).index_add_(1, caption, table);
  const Tensor others = (copies.index_select(0, caption) - 1).clamp_min(1).to(table.scalar_type());
  return (sums.index_select(1, caption) - table) / others;
}

/// Targets per path, from targets per word; `word` [P'] is the word of each path position.
/// `share` [P']: each path's part of its word.
MapTargets of_paths(const MapTargets& maps, const Tensor& word, const Tensor& share, std::int64_t words) {
  const Tensor number = at::full({words}, -1, word.options());
  number.index_copy_(0, maps.position, at::arange(maps.position.size(0), word.options()));
  const Tensor of_path = number.index_select(0, word);
  const Tensor position = (of_path >= 0).nonzero().squeeze(1);
  return {position, maps.coverage.index_select(0, of_path.index_select(0, position)), maps.heads,
          share.index_select(0, position) / maps.position.size(0)};
}

}  // namespace

RewardBaseline::RewardBaseline(std::int64_t hidden)
    : averages(torch::zeros({2, kLongest}, torch::kDouble)), weights(torch::zeros({hidden}, torch::kDouble)) {}

Tensor RewardBaseline::average(const Tensor& keys) const {
  return averages[0].index_select(0, keys.clamp_max(kLongest - 1).to(torch::kCPU)).to(keys.device());
}

void RewardBaseline::update_average(const Tensor& keys, const Tensor& rewards, double decay) {
  const Tensor key = keys.clamp_max(kLongest - 1).to(torch::kCPU);
  const Tensor reward = rewards.to(torch::kCPU, torch::kDouble);
  const Tensor count = torch::zeros({kLongest}, torch::kDouble).index_add_(0, key, torch::ones_like(reward));
  const Tensor mean = torch::zeros({kLongest}, torch::kDouble).index_add_(0, key, reward) / count.clamp_min(1);
  const Tensor seen = count > 0, known = averages[1] > 0;
  const Tensor moved = at::where(known, decay * averages[0] + (1 - decay) * mean, mean);
  averages[0].copy_(at::where(seen, moved, averages[0]));
  averages[1].copy_(at::logical_or(seen, known));
}

Tensor RewardBaseline::deviation(const Tensor& before) const {
  return at::mv(before, weights.to(before.options()));
}

void RewardBaseline::update_deviation(const Tensor& before, const Tensor& deviations) {
  if (before.size(0) == 0) return;
  constexpr double kRate = 0.5;
  const Tensor error = deviations - deviation(before);
  const Tensor length = before.square().sum(1).mean().clamp_min(1e-6);
  const Tensor step = kRate * at::mv(before.t(), error) / (length * static_cast<double>(before.size(0)));
  weights += step.to(torch::kCPU, torch::kDouble);
}

Loss lower_bound_loss(const Unrolled& unrolled, const AttentionPaths& paths, const LossOptions& loss_options,
                      const EstimatorOptions& options, RewardBaseline& baseline, const Tensor& teacher,
                      const MapTargets& maps) {
  const CaptionBatch& batch = paths.repeated.batch;
  const Tensor& caption = paths.repeated.row;
  const Tensor copies = at::bincount(caption);
  const std::int64_t words = paths.repeated.position.max().item<std::int64_t>() + 1;
  const Tensor share_of_path = paths.repeated.shares().to(unrolled.logits.scalar_type());
  const Tensor shares = share_of_path / words;
  LossTargets targets{shares, {}, {}};
  if (loss_options.teacher_share > 0) targets.teacher = teacher.index_select(0, paths.repeated.position);
  if (loss_options.boxes_weight > 0 && maps.position.defined()) {
    targets.maps = of_paths(maps, paths.repeated.position, share_of_path, words);
  }
  Loss loss = caption_loss(unrolled, batch, loss_options, targets);

  // The maps of a step select cells jointly: probabilities multiply and entropies add.
  const Tensor& log_alpha = unrolled.log_alpha;  // [P', M, L]
  if (options.entropy_weight > 0) {
    const Tensor entropy = -(log_alpha.exp() * log_alpha).sum(-1).sum(-1);
    loss.total = loss.total - options.entropy_weight * entropy.dot(shares);
  }
  if (options.reward_weight == 0) return loss;

  const Table table(batch, unrolled.logits);
  const Tensor value = table.spread(-loss.words);
  const Tensor rewards = options.reward_to_go ? sum_to_go(value) : value.sum(0, /*keepdim=*/true).expand_as(value);
  Tensor advantage = table.packed(rewards);
  const Tensor sampled = unrolled.cell.select(1, 0) >= 0;  // [P']
  if (options.baseline == Baseline::kLeaveOneOut) {
    advantage = advantage - table.packed(mean_of_others(rewards, caption, copies));
  } else if (options.baseline != Baseline::kNone) {
    const Tensor to_come = table.packed(sum_to_go(table.spread(at::ones_like(advantage)))).to(torch::kLong);
    const Tensor keys = options.reward_to_go ? to_come : at::zeros_like(to_come);
    // A total reward counts once per caption.
    const std::int64_t counted = options.reward_to_go ? advantage.size(0) : batch.captions();
    const Tensor learned = at::logical_and(sampled, at::arange(advantage.size(0), keys.options()) < counted);
    const Tensor reward = advantage;
    advantage = reward - baseline.average(keys).to(reward.scalar_type());
    baseline.update_average(keys.masked_select(learned), reward.masked_select(learned), options.baseline_decay);
    if (options.baseline == Baseline::kLearned) {
      const Tensor deviation = advantage;
      const Tensor predicted = baseline.deviation(unrolled.before);
      advantage =
          deviation - (options.reward_to_go ? predicted : predicted.index_select(0, batch.row));  // rows are in order
      const Tensor places = learned.nonzero().squeeze(1);
      baseline.update_deviation(unrolled.before.index_select(0, places), deviation.index_select(0, places));
    }
  }
  const Tensor log_choice = log_alpha.gather(2, unrolled.cell.clamp_min(0).unsqueeze(2)).squeeze(2).sum(1);
  const Tensor score = at::where(sampled, advantage * log_choice, at::zeros_like(log_choice));
  loss.total = loss.total - options.reward_weight * score.dot(shares);
  return loss;
}

void EstimatorOptions::fields(Fields& f) {
  static const Registry<bool> rewards("reward", {{"to-go", true}, {"total", false}});
  f(samples, "samples", Range{1, 1000}, "Sample N attention paths per caption.", Affects::kResult);
  f(expected_share, "expected-share", Range{0, 1},
    "Set the probability that an image uses the weighted mean of all cells instead of samples.", Affects::kResult);
  f(baseline, "baseline", baselines(),
    "Subtract this baseline from the reward. With one sample, the default is moving-average.", Affects::kResult);
  f(baseline_decay, "baseline-decay", Range{0, 1}, "Set the decay of the moving average of rewards.", Affects::kResult);
  f(reward_to_go, "reward", rewards,
    "Reward a selected cell for the words from its step on (to-go) or for the whole caption (total).",
    Affects::kResult);
  f(reward_weight, "reward-weight", Range{0, 1e6},
    "Set the weight lambda_r of the reward. Only 1 gives an unbiased gradient.", Affects::kResult);
  f(entropy_weight, "entropy-weight", Range{0, 1e6}, "Set the weight lambda_e of the entropy bonus.", Affects::kResult);
}

std::vector<std::string> baseline_names() {
  return baselines().names();
}

Baseline baseline_of(const std::string& name) {
  return baselines().at(name);
}

}  // namespace saccade::models
