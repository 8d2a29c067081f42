#include "models/training/saved_weights.hpp"

#include <cstddef>

#include "models/checkpoint.hpp"

namespace saccade::models {

void round_as_saved(const torch::nn::Module& module) {
  const torch::NoGradGuard no_gradient;
  for (torch::Tensor& parameter : module.parameters()) parameter.copy_(compact(parameter));
}

SavedWeights::SavedWeights(const Captioner& model) {
  const torch::NoGradGuard no_gradient;
  for (const torch::nn::Module* module : {static_cast<const torch::nn::Module*>(model.encoder.get()),
                                          static_cast<const torch::nn::Module*>(model.decoder.get())}) {
    for (const torch::Tensor& parameter : module->parameters()) {
      parameters_.push_back(parameter);
      unrounded_.push_back(parameter.detach().clone());
    }
    round_as_saved(*module);
  }
}

SavedWeights::~SavedWeights() {
  const torch::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].copy_(unrounded_[i]);
}

}  // namespace saccade::models
