#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/metrics/cider.hpp"
#include "models/captioner.hpp"
#include "models/training/batches.hpp"
#include "models/training/box_targets.hpp"
#include "models/training/loss.hpp"
#include "models/training/self_critical_options.hpp"

namespace saccade::models {

/// Self-critical training (Rennie et al., CVPR 2017): captions that the model draws itself earn the very score by which
/// captions are compared. With c_1 ... c_K drawn of one image, each against the mean of the others (leave-one-out, Kool
/// et al. 2019) as its baseline,
///
///     r(c)     = CIDEr-D(c) + w BLEU-4(c), against what people wrote of the image
///     gradient = mean over k of (r(c_k) - mean_{j != k} r(c_j)) d/dtheta log p(c_k)
///
/// estimates that of the expected reward without bias. Where attention is hard, p(c_k) is that of the words and of the
/// cells that they saw: one draw serves both. p is the distribution that was drawn from (models/decoder/sampling.hpp),
/// without dropout. <end> counts as a word of captions and references, or captions learn to stop in mid-sentence.
class SelfCritical {
 public:
  /// Document frequencies are those of the training captions. `boxes`: null where maps may lie anywhere.
  SelfCritical(Captioner& model, const CaptionDataset& training, const SelfCriticalOptions& options,
               const BoxTargets* boxes, double boxes_weight, int max_length, Precision precision);

  /// Draws captions of these images as they are seen. `total` has minus the mean reward as its value, plus the term of
  /// the boxes (LossOptions) over the drawn words that the photo's captions name with boxes; its gradient is the
  /// estimate above, a mean over words. `cross_entropy`: mean of -log p of the drawn words.
  Loss loss(const std::vector<std::size_t>& images, const SeenImages& seen) const;

  /// r of a caption (numbers from <start> on) of a training image.
  double reward(std::size_t image, const std::vector<std::int64_t>& caption) const;

 private:
  Captioner& model_;
  SelfCriticalOptions options_;
  const BoxTargets* boxes_;
  double boxes_weight_;
  int max_length_;
  Precision precision_;
  std::vector<std::vector<metrics::Tokens>> references_;  // of each training image
  metrics::CiderScorer cider_;
};

}  // namespace saccade::models
