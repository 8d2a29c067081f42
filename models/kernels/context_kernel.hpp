#pragma once

#include <torch/types.h>

namespace saccade::models {

/// Context vectors of R rows: the annotation a_cell if `cell` is not negative, else the weighted mean sum_i alpha_i
/// a_i.
/// alpha: [R, L]; cell: [R] int64, or undefined for the weighted mean in all rows; annotations: [N, L, D]; image: [R]
/// int64. Returns [R, D]. Differentiable in annotations and, for weighted means, in alpha.
///
/// float32 on the CPU reads the annotations in place. Other types and devices use LibTorch operations, which copy them
/// for every row.
torch::Tensor context_vectors(const torch::Tensor& alpha, const torch::Tensor& cell, const torch::Tensor& annotations,
                              const torch::Tensor& image);

}  // namespace saccade::models
