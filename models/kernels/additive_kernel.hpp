#pragma once

#include <torch/types.h>

namespace saccade::models {

/// The additive score in one pass over memory: keys [N, L, A], query [N, K, A], v [A] -> `sum_a v_a tanh(keys_nla +
/// query_nka)`, [N, K, L]. Differentiable in all three. Composed of tensor operations it writes and reads [N, K, L, A]
/// numbers eight times a training step, which is a fifth of the step.
///
/// float32 on the processor, with tanh as a rational function (error below 1e-6); other types and devices are left to
/// LibTorch's operations.
torch::Tensor additive_score(const torch::Tensor& keys, const torch::Tensor& query, const torch::Tensor& v);

}  // namespace saccade::models
