#pragma once

#include <memory>
#include <vector>

#include "models/attention/attention_output.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// A memory of N images as the B rows of a batch read it, step by step: keys are laid out a set for each row, values
/// stay where they are. The steps' gradients are added in place.
class StepMemory {
 public:
  /// image [B] int64: which image each row reads.
  StepMemory(const Memory& memory, const torch::Tensor& image);

  /// What the first `rows` rows read.
  Memory first(std::int64_t rows) const;

 private:
  torch::Tensor annotations_;
  std::vector<StepRows> keys_;
  std::vector<StepRows> values_;  // one or none
};

}  // namespace saccade::models
