#pragma once

#include <vector>

#include <torch/types.h>

#include "models/captioner.hpp"

namespace saccade::models {

/// Rounds a module's weights, in place, to the precision in which a checkpoint keeps them.
void round_as_saved(const torch::nn::Module& module);

/// While it lives, a model has the weights that save_checkpoint would write, so that its scores are those of the file.
class SavedWeights {
 public:
  explicit SavedWeights(const Captioner& model);
  ~SavedWeights();
  SavedWeights(const SavedWeights&) = delete;
  SavedWeights& operator=(const SavedWeights&) = delete;

 private:
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> unrounded_;
};

}  // namespace saccade::models
