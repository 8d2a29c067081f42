#pragma once

#include "models/attention/alignment.hpp"

namespace saccade::models {

/// Location-based (Luong et al. 2015): `e = W h`, a number for each place of the grid, whatever is seen there.
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
