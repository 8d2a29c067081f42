#pragma once

#include <memory>
#include <vector>

#include "models/attention/attention_output.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// The memory of N images for the B rows of a batch, step by step. Keys are copied per row; values are not. Gradients
/// of the steps are added in place.
class StepMemory {
 public:
  /// image: [B] int64, image of each row.
  StepMemory(const Memory& memory, const torch::Tensor& image);

  /// The memory of the first `rows` rows.
  Memory first(std::int64_t rows) const;

 private:
  torch::Tensor annotations_;
  std::vector<StepRows> keys_;
  std::vector<StepRows> values_;  // one or empty
};

}  // namespace saccade::models
