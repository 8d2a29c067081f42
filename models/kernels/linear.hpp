#pragma once

#include <memory>
#include <vector>

#include <c10/core/Device.h>
#include <torch/types.h>

namespace saccade::models {

/// Number format of the operands of large matrix products. Sums and all other operations use the type of the weights.
enum class Precision { kFloat32, kBfloat16 };

/// kBfloat16 if the device multiplies it in hardware, else kFloat32. CPUs need AVX512_BF16 (3 to 4 times as fast), CUDA
/// devices compute capability 8.0.
Precision fastest_precision(torch::Device device = torch::kCPU);

/// Returns x weight^T + bias, [..., out]. x: [..., in]; weight: [out, in]; bias: [out] or undefined. Differentiable.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                     Precision precision);

/// A linear map without bias for all time steps of a sequence.
///
/// Ordinary back-propagation through time computes and adds a full-sized weight gradient per step. StepLinear stores
/// the operands of each step and computes the gradient with one product over all steps. Create one per forward pass.
class StepLinear {
 public:
  StepLinear(const torch::Tensor& weight, Precision precision);

  /// x: [rows, in]. Returns [rows, out]. Without gradients, x can have more dimensions.
  torch::Tensor operator()(const torch::Tensor& x) const;

  struct Operands;

 private:
  torch::Tensor weight_;  ///< in the precision of the product
  torch::Tensor token_;   ///< represents the pending gradient in the graph
  std::shared_ptr<Operands> operands_;
};

/// A tensor whose first rows every time step reads. Gradients of the steps are added in place into one buffer, while
/// `narrow` would create a full-sized tensor per step. Create one per forward pass.
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
