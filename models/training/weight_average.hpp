#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace saccade::models {

/// The exponential moving average of weights in training (Polyak & Juditsky 1992). It captions better than the weights
/// of any one step.
class WeightAverage {
 public:
  WeightAverage(std::vector<torch::Tensor> parameters, double decay);

  /// Takes the weights in after step number `step`. The decay is shorter at first, so that the average soon forgets the
  /// weights that training began with.
  void update(std::int64_t step);

  /// Exchanges the weights with their averages.
  void swap();

  std::vector<torch::Tensor>& averages() { return averages_; }

 private:
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> averages_;
  double decay_;
};

}  // namespace saccade::models
