#pragma once

#include "models/attention/alignment/dot.hpp"

namespace saccade::models {

/// Content-based score (Graves et al. 2014): `e = kappa cosine(h, a_i)`, with a projection to a common width if the
/// widths differ. The key strength kappa > 0 is learned, because cosines within [-1, 1] give a softmax that is too flat
/// over many cells.
class ContentScore : public DotScore {
 public:
  explicit ContentScore(const AlignmentShape& shape);
  torch::Tensor keys(const torch::Tensor& annotations, Precision precision) override;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;

  bool has_affine_keys() const override { return false; }  // they are scaled to length 1

  torch::Tensor log_strength;  ///< [1], log kappa
};

}  // namespace saccade::models
