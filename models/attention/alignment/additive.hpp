#pragma once

#include "models/attention/alignment.hpp"

namespace saccade::models {

/// Additive score (Bahdanau et al. 2015): `e = v^T tanh(W_a [h; a_i])`, with W_a split into its two halves.
class AdditiveScore : public AlignmentScore {
 public:
  explicit AdditiveScore(const AlignmentShape& shape);
  torch::Tensor keys(const torch::Tensor& annotations, Precision precision) override;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;

  torch::Tensor from_annotation;  ///< [A, D]
  torch::Tensor from_hidden;      ///< [A, H]
  torch::Tensor bias;             ///< [A]
  torch::Tensor v;                ///< [A]
};

}  // namespace saccade::models
