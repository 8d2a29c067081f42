#pragma once

#include "models/attention/alignment.hpp"

namespace saccade::models {

/// Location-based score (Luong et al. 2015): `e = W h`, one value per cell, independent of the annotations.
class LocationScore : public AlignmentScore {
 public:
  explicit LocationScore(const AlignmentShape& shape);
  torch::Tensor keys(const torch::Tensor& annotations, Precision precision) override;
  torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) override;

  bool reads_content() const override { return false; }

  torch::Tensor weight;  ///< [L, H]
  torch::Tensor bias;    ///< [L]
};

}  // namespace saccade::models
