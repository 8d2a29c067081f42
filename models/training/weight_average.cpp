#include "models/training/weight_average.hpp"

#include <algorithm>
#include <utility>

namespace saccade::models {

WeightAverage::WeightAverage(std::vector<torch::Tensor> parameters, double decay)
    : parameters_(std::move(parameters)), decay_(decay) {
  for (const auto& parameter : parameters_) averages_.push_back(parameter.detach().clone());
}

void WeightAverage::update(std::int64_t step) {
  const torch::NoGradGuard no_gradient;
  const double steps = static_cast<double>(step);
  const double decay = std::min(decay_, (1 + steps) / (10 + steps));
  for (std::size_t i = 0; i < parameters_.size(); ++i) averages_[i].lerp_(parameters_[i], 1 - decay);
}

void WeightAverage::swap() {
  const torch::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const torch::Tensor current = parameters_[i].detach().clone();
    parameters_[i].copy_(averages_[i]);
    averages_[i].copy_(current);
  }
}

}  // namespace saccade::models
