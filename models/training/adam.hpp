#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019), in one pass over memory per
/// step.
///
/// LibTorch's optimizer makes about ten passes, a tenth of a training step on a CPU. On accelerators, this class uses
/// tensor operations.
class Adam {
 public:
  struct Options {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;
  };

  Adam(std::vector<torch::Tensor> parameters, Options options);

  /// Scales all gradients down if their global norm exceeds `limit`; 0 disables it. Returns the norm before scaling.
  double clip_gradients(double limit);

  /// Updates the parameters that have gradients, and keeps the gradients. `rates[i]`: learning rate of parameter i.
  void step(const std::vector<double>& rates);

  void zero_gradients();

  /// The moments by name, for resuming: `m.I`, `v.I` and `steps`.
  StateDict state() const;
  /// Restores a state. Throws Error if it does not match the parameters.
  void load_state(const StateDict& state);

 private:
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> m_, v_;
  std::int64_t steps_ = 0;
  Options options_;
};

}  // namespace saccade::models
