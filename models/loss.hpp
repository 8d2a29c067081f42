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
  torch::Tensor total;           ///< scalar, what is minimised
  torch::Tensor cross_entropy;   ///< scalar, nats a word without smoothing, detached
  torch::Tensor log_likelihood;  ///< [P], log p(y_t) of each word, detached
};

/// `mean over words of -log p(y_t)  +  lambda * mean over captions and cells of (1 - sum_t alpha_ti)^2`
/// (SAT eq. 14). Both terms are means, so that lambda means the same for every batch size, grid and caption length: the
/// paper sums the second over cells; its authors' code sums over the batch and averages over cells.
/// Where `shares` [P] is given, the first term is the sum over words weighted by it instead of the mean.
Loss caption_loss(const Decoder::Unrolled& unrolled, const CaptionBatch& batch, const LossOptions& options,
                  const torch::Tensor& shares = {});

}  // namespace saccade::models
