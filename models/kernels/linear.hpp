#pragma once

#include <memory>
#include <vector>

#include <torch/types.h>

namespace saccade::models {

/// The number format of the operands of large matrix products. Sums, and everything else, keep the weights' own type.
enum class Precision { kFloat32, kBfloat16 };

/// kBfloat16 where this processor multiplies it in hardware (AVX512_BF16 or AMX: 3 to 4 times as fast), else kFloat32.
Precision fastest_precision();

/// x [..., in], weight [out, in], bias [out] or undefined -> x weight^T + bias, [..., out]. Differentiable.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                     Precision precision);

/// A linear map without bias that is applied at every time step of a sequence.
///
/// Ordinary back-propagation through time forms the weight's gradient once a step and adds the full-sized results up.
/// Here each step only leaves its operands behind, and when the last of them has, one product over all steps makes the
/// gradient. Make one for each forward pass.
class StepLinear {
 public:
  StepLinear(const torch::Tensor& weight, Precision precision);

  /// x [rows, in] -> [rows, out]; where no gradient is asked for, x may have more dimensions.
  torch::Tensor operator()(const torch::Tensor& x) const;

  struct Operands;

 private:
  torch::Tensor weight_;  ///< in the precision of the product
  torch::Tensor token_;   ///< stands in the graph for the gradient that is still to be made
  std::shared_ptr<Operands> operands_;
};

/// A tensor of which every time step reads the first rows. The steps' gradients are added in place into one buffer,
/// where a plain `narrow` would make and add a full-sized tensor for each. Make one for each forward pass.
class StepRows {
 public:
  explicit StepRows(const torch::Tensor& rows);

  /// The first `count` rows.
  torch::Tensor first(std::int64_t count) const;

  struct Sum;

 private:
  torch::Tensor rows_;
  torch::Tensor token_;
  std::shared_ptr<Sum> sum_;
};

}  // namespace saccade::models
