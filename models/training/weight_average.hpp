#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace saccade::models {

/// Exponential moving average of the weights (Polyak and Juditsky 1992), which captions better than the weights of any
/// single step.
class WeightAverage {
 public:
  WeightAverage(std::vector<torch::Tensor> parameters, double decay);

  /// Adds the weights after step `step`. The decay is smaller at first, so that the initial weights are forgotten
  /// quickly.
  void update(std::int64_t step);

  /// Swaps the weights and their averages.
  void swap();

  std::vector<torch::Tensor>& averages() { return averages_; }

 private:
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> averages_;
  double decay_;
};

}  // namespace saccade::models
