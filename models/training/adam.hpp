#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019), one pass over memory a step.
///
/// LibTorch's own makes about ten; on a processor that is bound by memory, that is a tenth of a training step. Tensors
/// on an accelerator are updated with tensor operations.
class Adam {
 public:
  struct Options {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;
  };

  Adam(std::vector<torch::Tensor> parameters, Options options);

  /// Scales all gradients down so that their common norm is at most `limit`; 0 leaves them alone. Returns the norm they
  /// had.
  double clip_gradients(double limit);

  /// One update; gradients stay, parameters without gradient are left alone. `rates[i]`: parameter i's learning rate.
  void step(const std::vector<double>& rates);

  void zero_gradients();

  /// The moments by name, for a training that is to be resumed: `m.I`, `v.I` and `steps`.
  StateDict state() const;
  /// Takes what state() gave. Throws Error when it does not fit the parameters.
  void load_state(const StateDict& state);

 private:
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> m_, v_;
  std::int64_t steps_ = 0;
  Options options_;
};

}  // namespace saccade::models
