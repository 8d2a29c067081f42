#pragma once

#include "models/attention/alignment/dot.hpp"

namespace saccade::models {

/// Content-based (Graves et al. 2014): `e = kappa cosine(h, a_i)`, projected as in the dot product where the widths
/// differ. The key strength kappa > 0 is learned: cosines alone lie within 1 of 0, too flat for a softmax over many
/// cells.
class ContentScore : public DotScore {
 public:
  explicit ContentScore(const AlignmentShape& shape);
  torch::Tensor keys(const torch::Tensor& annotations, Precision precision) override;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;

  torch::Tensor log_strength;  ///< [1], log kappa
};

}  // namespace saccade::models
