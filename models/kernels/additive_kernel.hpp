#pragma once

#include <torch/types.h>

namespace saccade::models {

/// Additive score in one pass over memory: sum_a v_a tanh(keys_nla + query_nka).
/// keys: [N, L, A]; query: [N, K, A]; v: [A]. Returns [N, K, L]. Differentiable in all three.
/// Composed of tensor operations, it would write and read [N, K, L, A] values eight times per training step, a fifth of
/// the time.
///
/// The kernel handles float32 on the CPU, with tanh as a rational function (error below 1e-6). Other types and devices
/// use LibTorch operations.
/// Processors differ only in the order of the sums and in fused multiplications: scores agree to 1e-6 sum_a |v_a|. NaN
/// propagates.
torch::Tensor additive_score(const torch::Tensor& keys, const torch::Tensor& query, const torch::Tensor& v);

}  // namespace saccade::models
