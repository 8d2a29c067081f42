#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/metrics/cider.hpp"
#include "core/metrics/word_use.hpp"
#include "models/captioner.hpp"
#include "models/training/batches.hpp"
#include "models/training/box_targets.hpp"
#include "models/training/loss.hpp"
#include "models/training/self_critical_options.hpp"

namespace saccade::models {

/// Self-critical training (Rennie et al., CVPR 2017): sampled captions are rewarded by their score. For K captions c_1
/// ... c_K of an image, with leave-one-out baselines (Kool et al. 2019),
///
///     r(c)     = CIDEr-D(c) + w BLEU-4(c) + v F1(c), against the references of the image
///     gradient = mean over k of (r(c_k) - mean_{j != k} r(c_j)) d/dtheta log p(c_k)
///
/// is an unbiased estimate of the gradient of the expected reward. F1 is the F1 score of content words
/// (core/metrics/word_use.hpp). With hard attention, p(c_k) includes the cells. p is the sampling distribution
/// (models/decoder/sampling.hpp), without dropout. <end> counts as a word of captions and references; otherwise
/// captions learn to stop in mid-sentence.
class SelfCritical {
 public:
  /// Document frequencies come from the training captions. `boxes`: may be null.
  SelfCritical(Captioner& model, const CaptionDataset& training, const SelfCriticalOptions& options,
               const BoxTargets* boxes, double boxes_weight, int max_length, Precision precision);

  /// Samples captions of these images. `total`: its value is the negative mean reward plus the box loss over sampled
  /// words that the references name with boxes; its gradient is the estimate above, per word. `cross_entropy`: mean of
  /// -log p of the sampled words.
  Loss loss(const std::vector<std::size_t>& images, const SeenImages& seen) const;

  /// Reward r of a caption (indices from <start> on) of a training image.
  double reward(std::size_t image, const std::vector<std::int64_t>& caption) const;

 private:
  Captioner& model_;
  SelfCriticalOptions options_;
  const BoxTargets* boxes_;
  double boxes_weight_;
  int max_length_;
  Precision precision_;
  std::vector<std::vector<Tokens>> references_;  // per training image
  metrics::CiderScorer cider_;
  std::vector<metrics::PeoplesWords> people_;  // per training image; empty if their weight is 0
};

}  // namespace saccade::models
