#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include "core/base/fields.hpp"
#include "models/decoder/attention_paths.hpp"
#include "models/decoder/decoder.hpp"
#include "models/training/loss.hpp"

namespace saccade::models {

/// Baselines that reduce the variance of the reward. None depends on the sample that it is subtracted from, so none
/// adds bias.
enum class Baseline {
  kNone,
  kMovingAverage,  ///< of the rewards of previous batches (Xu et al. 2015, section 4.1)
  kLearned,        ///< the moving average plus a linear function of h_{t-1}
  kLeaveOneOut,    ///< mean reward of the caption's other samples; 0 for a single sample
};

/// Options of the gradient estimator for the lower bound `L_s = E_{s ~ p(s|a)} log p(y | s, a)` (Xu et al. 2015,
/// equation 10). With label smoothing or a teacher, log p(y_t) stands for the value of the objective.
struct EstimatorOptions {
  int samples = 2;                             ///< N, paths per caption
  double expected_share = 0.5;                 ///< probability that an image uses the weighted mean instead of samples
  Baseline baseline = Baseline::kLeaveOneOut;  ///< b
  double baseline_decay = 0.9;                 ///< decay of the moving average
  bool reward_to_go = true;       ///< reward a cell for the words from its step on, not for the whole caption
  double reward_weight = 1;       ///< lambda_r; only 1 is unbiased
  double entropy_weight = 0.002;  ///< lambda_e

  void fields(Fields& f);
};

/// Predicts rewards from previous batches. Its tensors are part of the training state.
class RewardBaseline {
 public:
  /// `hidden`: H.
  explicit RewardBaseline(std::int64_t hidden);

  /// Moving averages for `keys` [P] int64: 0 for total rewards; the number of remaining words for rewards to go, where
  /// long rests share a key. 0 for unseen keys.
  torch::Tensor average(const torch::Tensor& keys) const;

  /// b_k = decay b_{k-1} + (1 - decay) * mean reward, for every key in the batch; the first reward initializes it.
  void update_average(const torch::Tensor& keys, const torch::Tensor& rewards, double decay);

  /// Predicts the deviation of the reward from its average, [P], from the query states `before` [P, H]. For total
  /// rewards, only the first state of a caption is used.
  torch::Tensor deviation(const torch::Tensor& before) const;

  /// One step of normalized least mean squares.
  void update_deviation(const torch::Tensor& before, const torch::Tensor& deviations);

  torch::Tensor averages;  ///< [2, 64] double: averages by key, and whether each was set
  torch::Tensor weights;   ///< [H] double
};

/// The loss whose gradient is the negative Monte Carlo estimate for the lower bound (Xu et al. 2015, equations 11 to
/// 13), per word:
///
///     1/N sum_n [ sum_t v_nt + lambda_r (R_nt - b_nt) log p(s_nt | a) + lambda_e H(alpha_nt) ]
///
/// v_nt is the negative contribution of the word to `caption_loss`: log p(y_t | s_n, a), with smoothing and teacher. R
/// and b are constants; R_nt is v_nt + ... + v_nT, or the total. With lambda_r = 1 and lambda_e = 0, it estimates the
/// gradient of E_s [caption_loss] without bias. The doubly stochastic penalty gets no reward. The loss is divided by
/// the number of words. `teacher` [P, V] and `maps`: per word, not per path.
Loss lower_bound_loss(const Unrolled& unrolled, const AttentionPaths& paths, const LossOptions& loss_options,
                      const EstimatorOptions& options, RewardBaseline& baseline, const torch::Tensor& teacher = {},
                      const MapTargets& maps = {});

/// The names of the baselines, and a baseline by name. Throws Error with the list of names if it is unknown.
std::vector<std::string> baseline_names();
Baseline baseline_of(const std::string& name);

}  // namespace saccade::models
