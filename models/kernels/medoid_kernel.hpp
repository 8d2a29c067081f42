#pragma once

#include <torch/types.h>

namespace saccade::models {

/// Of R rows of weights the cell that represents all best: alpha [R, L], annotations [N, L, D], image [R] int64 (which
/// of the N each row reads) -> [R] int64,
///
///     argmin_i sum_j alpha_j |a_i - a_j|^2  =  argmin_i |a_i - sum_j alpha_j a_j|^2,
///
/// the medoid: the cell whose annotation vector is nearest to the expectation. Only the likeliest cells which together
/// hold nine tenths of the weight are candidates: one that is hardly weighed is no place where a word looked. Of
/// equally near cells the likelier one is taken. Has no gradient.
torch::Tensor medoid_cells(const torch::Tensor& alpha, const torch::Tensor& annotations, const torch::Tensor& image);

}  // namespace saccade::models
