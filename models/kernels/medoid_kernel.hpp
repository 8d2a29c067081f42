#pragma once

#include <torch/types.h>

namespace saccade::models {

/// Selects the cell that represents each of R rows of weights best: the medoid,
///
///     argmin_i sum_j alpha_j |a_i - a_j|^2  =  argmin_i |a_i - sum_j alpha_j a_j|^2,
///
/// which is the cell nearest to the weighted mean. Candidates are the cells with the largest weights that together hold
/// 0.9 of the weight, so that a cell with almost no weight is never selected. Ties go to the larger weight.
/// alpha: [R, L]; annotations: [N, L, D]; image: [R] int64, the image of each row. Returns [R] int64. Not
/// differentiable.
torch::Tensor medoid_cells(const torch::Tensor& alpha, const torch::Tensor& annotations, const torch::Tensor& image);

}  // namespace saccade::models
