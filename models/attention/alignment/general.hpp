#pragma once

#include "models/attention/alignment.hpp"

namespace saccade::models {

/// General score (Luong et al. 2015): `e = h^T W a_i`.
class GeneralScore : public AlignmentScore {
 public:
  explicit GeneralScore(const AlignmentShape& shape);
  torch::Tensor keys(const torch::Tensor& annotations, Precision precision) override;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;

  torch::Tensor weight;  ///< W [H, D]
};

}  // namespace saccade::models
