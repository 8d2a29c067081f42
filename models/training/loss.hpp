#pragma once

#include <torch/types.h>

#include "core/base/fields.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::models {

struct LossOptions {
  double label_smoothing = 0.1;  ///< share of the target distribution spread over all words
  double doubly_stochastic = 0;  ///< lambda
  double teacher_share = 0;      ///< share of the target from the teacher (Hinton et al. 2015)
  double boxes_weight = 0;       ///< weight of the box loss
  double occlusion_weight = 0;   ///< weight of the occlusion loss (occlusion_target.hpp)

  void fields(Fields& f) {
    f(label_smoothing, "label-smoothing", Range{0, 0.9}, "Spread this share of the target over all words.",
      Affects::kResult);
    f(doubly_stochastic, "doubly-stochastic", Range{0, 1e6},
      "Set the weight lambda of the doubly stochastic penalty (Xu et al. 2015, equation 14), a mean over captions and "
      "cells.",
      Affects::kResult);
    f(teacher_share, "teacher-share", Range{0, 1},
      "Take this share of the target from the predictions of the --start model with soft attention.", Affects::kResult);
    f(boxes_weight, "boxes-weight", Range{0, 1e6},
      "Set the weight of the loss that places maps in the boxes of the objects that their words name.",
      Affects::kResult);
    f(occlusion_weight, "occlusion-weight", Range{0, 1e6},
      "Set the weight of the loss that places a word's map on cells whose removal makes the word less likely. It needs "
      "no boxes and applies to the fine-tuning stage.",
      Affects::kResult);
  }
};

/// Box targets for the maps of Q words of a batch.
struct MapTargets {
  torch::Tensor position;     ///< [Q] int64, packed positions
  torch::Tensor coverage;     ///< [Q, L], share of each cell inside the boxes
  std::int64_t heads = 1;     ///< the map of a word is the mean of the last `heads` maps
  torch::Tensor shares = {};  ///< [Q], each word's weight, 1 in all; undefined: 1/Q
};

/// Optional weights and targets of a loss.
struct LossTargets {
  torch::Tensor shares;   ///< [P], each word's weight, the same for all words of a caption; undefined: 1/P
  torch::Tensor teacher;  ///< [P, V] probabilities, used if teacher_share > 0
  MapTargets maps = {};   ///< used if boxes_weight > 0
};

struct Loss {
  torch::Tensor total;          ///< scalar, the objective
  torch::Tensor cross_entropy;  ///< scalar, nats per word without smoothing, detached
  torch::Tensor words;          ///< [P], contribution of each word to the first term, detached
};

/// Mean over words, weighted by their shares, of the negative log of the attention inside the boxes. log_alpha: [P, M,
/// L].
torch::Tensor outside_loss(const torch::Tensor& log_alpha, const MapTargets& maps);

/// Computes the training loss
///
///     mean over words of -log p(y_t)  +  lambda * mean over captions and cells of (1 - sum_t alpha_ti)^2
///
/// (Xu et al. 2015, equation 14). Both terms are means, so that lambda does not depend on batch size, grid and caption
/// length; the paper sums the second over cells, its code sums over the batch. The target y_t includes label smoothing
/// and the teacher. With boxes_weight mu, adds mu * mean over the Q words with boxes of -log sum_i alpha_ti c_i, where
/// c_i is the share of cell i inside the boxes (see correctness in core/metrics/grounding.hpp).
Loss caption_loss(const Unrolled& unrolled, const CaptionBatch& batch, const LossOptions& options,
                  const LossTargets& targets = {});

}  // namespace saccade::models
