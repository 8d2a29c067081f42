#pragma once

#include "models/attention/alignment.hpp"

namespace saccade::models {

/// Dot product (Luong et al. 2015): `e = h^T a_i`. Where their widths differ, both are projected to the width of
/// alignment first: `e = (W_h h)^T (W_a a_i)`.
class DotScore : public AlignmentScore {
 public:
  explicit DotScore(const AlignmentShape& shape);
  torch::Tensor keys(const torch::Tensor& annotations, Precision precision) override;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;

  torch::Tensor from_annotation;  ///< [A, D], or undefined where H = D
  torch::Tensor from_hidden;      ///< [A, H], or undefined where H = D

 protected:
  /// hidden [N, K, H] as it meets the keys: [N, K, A].
  torch::Tensor query(const torch::Tensor& hidden) const;
};

/// Scaled dot product (Vaswani et al. 2017): the dot product over sqrt(n), where n is the width that it sums over.
class ScaledDotScore : public DotScore {
 public:
  using DotScore::DotScore;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;
};

}  // namespace saccade::models
