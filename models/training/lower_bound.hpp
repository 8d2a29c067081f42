#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include "core/base/fields.hpp"
#include "models/decoder/attention_paths.hpp"
#include "models/decoder/decoder.hpp"
#include "models/training/loss.hpp"

namespace saccade::models {

/// What is taken off the reward, so that its gradient varies less. No choice's baseline depends on that choice, so none
/// of them biases the gradient.
enum class Baseline {
  kNone,
  kMovingAverage,  ///< of the rewards of the batches before (SAT section 4.1)
  kLearned,        ///< that, plus what h_{t-1} tells of the reward to come
  kLeaveOneOut,    ///< the mean reward of the caption's other samples; of a single sample, 0
};

/// How the gradient of the lower bound `L_s = E_{s ~ p(s|a)} log p(y | s, a)` (SAT eq. 10) is estimated. Where words
/// are smoothed or taught, log p(y_t) stands for the value that the objective gives to the word.
struct EstimatorOptions {
  int samples = 2;              ///< N, paths drawn for each caption
  double expected_share = 0.5;  ///< chance that an image's captions see the expectation instead of samples
  Baseline baseline = Baseline::kLeaveOneOut;  ///< b
  double baseline_decay = 0.9;                 ///< of the moving average
  bool reward_to_go = true;       ///< a choice earns the values of its own word and those after, not of all
  double reward_weight = 1;       ///< lambda_r; only 1 is without bias
  double entropy_weight = 0.002;  ///< lambda_e

  void fields(Fields& f);
};

/// What the batches before tell of the reward of a choice. Its tensors are state of the training.
class RewardBaseline {
 public:
  /// `hidden` is H.
  explicit RewardBaseline(std::int64_t hidden);

  /// The moving averages of `keys` [P] int64: of the whole caption's reward, 0; of rewards to go, the number of words
  /// to come (the longest ones share the last). 0 where nothing was seen yet.
  torch::Tensor average(const torch::Tensor& keys) const;

  /// b_k = decay b_{k-1} + (1 - decay) * mean reward, for every key that occurs; the first reward seen stands as it is.
  void update_average(const torch::Tensor& keys, const torch::Tensor& rewards, double decay);

  /// What the state before the choice, h_{t-1} [P, H], tells of how far the reward is off its average: [P]. Of a whole
  /// caption's reward it is asked for the caption's first state alone, which is all that it learns from then.
  torch::Tensor deviation(const torch::Tensor& before) const;

  /// One step of (normalized) least mean squares towards the deviations that were seen.
  void update_deviation(const torch::Tensor& before, const torch::Tensor& deviations);

  torch::Tensor averages;  ///< [2, 64] double: averages by key, and whether each was ever set
  torch::Tensor weights;   ///< [H] double
};

/// The loss whose gradient is minus the Monte Carlo estimate of the bound's (SAT eq. 11 to 13), a word:
///
///     1/N sum_n [ sum_t v_nt + lambda_r (R_nt - b_nt) log p(s_nt | a) + lambda_e H(alpha_nt) ]
///
/// v_nt is minus what the word adds to `caption_loss`: log p(y_t | s_n, a), smoothed and taught as the options say. R
/// and b are constants; R_nt is v_nt + ... + v_nT, or the whole caption's. So with lambda_r = 1 and lambda_e = 0 the
/// estimate is that of the gradient of E_s [caption_loss], whatever the smoothing and the teacher; the term that asks
/// every cell to be seen (doubly_stochastic) earns no reward. Everything is divided by the batch's words, as in
/// `caption_loss`. `teacher` [P, V] and `maps` as there: for each word, not for each path.
Loss lower_bound_loss(const Unrolled& unrolled, const AttentionPaths& paths, const LossOptions& loss_options,
                      const EstimatorOptions& options, RewardBaseline& baseline, const torch::Tensor& teacher = {},
                      const MapTargets& maps = {});

/// The names of baselines, and a baseline by its name. Throws Error naming the choices when it is unknown.
std::vector<std::string> baseline_names();
Baseline baseline_of(const std::string& name);

}  // namespace saccade::models
