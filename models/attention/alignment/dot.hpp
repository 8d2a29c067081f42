#pragma once

#include "models/attention/alignment.hpp"

namespace saccade::models {

/// Dot product score (Luong et al. 2015): `e = h^T a_i`. If the widths differ, both are projected to the alignment
/// width: `e = (W_h h)^T (W_a a_i)`.
class DotScore : public AlignmentScore {
 public:
  explicit DotScore(const AlignmentShape& shape);
  torch::Tensor keys(const torch::Tensor& annotations, Precision precision) override;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;

  torch::Tensor from_annotation;  ///< [A, D], or undefined if H = D
  torch::Tensor from_hidden;      ///< [A, H], or undefined if H = D

 protected:
  /// Projects hidden [N, K, H] to the space of the keys: [N, K, A].
  torch::Tensor query(const torch::Tensor& hidden) const;
};

/// Scaled dot product score (Vaswani et al. 2017): the dot product divided by sqrt(n), where n is its width.
class ScaledDotScore : public DotScore {
 public:
  using DotScore::DotScore;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;
};

}  // namespace saccade::models
