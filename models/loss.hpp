#pragma once

#include <torch/types.h>

#include "models/caption_batch.hpp"
#include "models/decoder.hpp"

namespace saccade::models {

struct LossOptions {
  double label_smoothing = 0.1;  ///< share of the target's probability spread evenly over all words
  double doubly_stochastic = 0;  ///< lambda
};

struct Loss {
  torch::Tensor total;          ///< scalar, what is minimised
  torch::Tensor cross_entropy;  ///< scalar, nats a word without smoothing, detached
};

/// `mean over words of -log p(y_t)  +  lambda * mean over captions and cells of (1 - sum_t alpha_ti)^2`
/// (SAT eq. 14). Both terms are means, so that lambda means the same for every batch size, grid and caption length: the
/// paper sums the second over cells; its authors' code sums over the batch and averages over cells.
Loss caption_loss(const Decoder::Unrolled& unrolled, const CaptionBatch& batch, const LossOptions& options);

}  // namespace saccade::models
