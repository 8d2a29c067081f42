#pragma once

#include <torch/types.h>

namespace saccade::models {

/// What R rows see, each of its image: alpha [R, L], cell [R] int64, annotations [N, L, D], image [R] int64 -> [R, D],
///
///     the annotation vector a_cell where `cell` names one, the expectation sum_i alpha_i a_i where it is -1,
///
/// and the expectation for all where `cell` is undefined. Differentiable in annotations and, where it mixes, in alpha.
///
/// float32 on the processor reads each image's annotations where they are; other types and devices take LibTorch's
/// operations, which copy them for every row.
torch::Tensor context_vectors(const torch::Tensor& alpha, const torch::Tensor& cell, const torch::Tensor& annotations,
                              const torch::Tensor& image);

}  // namespace saccade::models
