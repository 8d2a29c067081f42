#pragma once

#include <torch/types.h>

#include "core/base/fields.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::models {

struct LossOptions {
  double label_smoothing = 0.1;  ///< share of the target's probability spread evenly over all words
  double doubly_stochastic = 0;  ///< lambda
  double teacher_share = 0;      ///< share of the target that is a teacher's distribution (Hinton et al. 2015)
  double boxes_weight = 0;       ///< of the term that asks maps to lie on what words name
  double occlusion_weight = 0;   ///< of the term that asks maps to lie where hiding hurts (occlusion_target.hpp)

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

/// Where the maps of Q words of a batch should lie.
struct MapTargets {
  torch::Tensor position;     ///< [Q] int64, their packed positions
  torch::Tensor coverage;     ///< [Q, L], the part of each cell that the boxes cover
  std::int64_t heads = 1;     ///< how many maps, the last ones of the M, have a word's map as their mean
  torch::Tensor shares = {};  ///< [Q], each word's weight, 1 in all; undefined: 1/Q
};

/// What the words of a loss are weighted by and compared with, where it is not plain.
struct LossTargets {
  torch::Tensor shares;   ///< [P], each word's weight, the same for all words of a caption; undefined: 1/P
  torch::Tensor teacher;  ///< [P, V] probabilities, used where there is a teacher_share
  MapTargets maps = {};   ///< used where there is a boxes_weight
};

struct Loss {
  torch::Tensor total;          ///< scalar, what is minimized
  torch::Tensor cross_entropy;  ///< scalar, nats a word without smoothing, detached
  torch::Tensor words;          ///< [P], what each word adds to the first term, detached
};

/// Minus the log of the part of the words' maps that lies where it should, a mean over words, weighted by their shares:
/// log_alpha [P, M, L].
torch::Tensor outside_loss(const torch::Tensor& log_alpha, const MapTargets& maps);

/// `mean over words of -log p(y_t)  +  lambda * mean over captions and cells of (1 - sum_t alpha_ti)^2`
/// (SAT eq. 14). Both terms are means, so that lambda means the same for every batch size, grid and caption length: the
/// paper sums the second over cells; its authors' code sums over the batch and averages over cells.
/// y_t stands for the target: the word, smoothed, and mixed with what the teacher would say.
/// With boxes_weight mu there is a third term, over the Q words that boxes belong to, c_i the part of cell i that they
/// cover: `mu * mean over those words of -log sum_i alpha_ti c_i`, minus the log of the word's correctness
/// (core/metrics/grounding.hpp). It asks the map to lie inside and leaves open how it lies there.
Loss caption_loss(const Unrolled& unrolled, const CaptionBatch& batch, const LossOptions& options,
                  const LossTargets& targets = {});

}  // namespace saccade::models
