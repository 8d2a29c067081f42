#pragma once

#include <torch/types.h>

#include "models/attention/attention_output.hpp"

namespace saccade::models {

/// How the decoder reads the annotations.
enum class Reading {
  kExpectation,  ///< soft (deterministic) attention: `sum_i alpha_ti a_i` (Xu et al. 2015, section 4.2)
  kDraw          ///< hard (stochastic) attention: `a_{s_t}`, p(s_t = i) = alpha_ti (Xu et al. 2015, section 4.1)
};

/// The values that were read, [R, M, d], and `cell` as in AttentionOutput.
struct Read {
  torch::Tensor cell;
  torch::Tensor context;
};

/// log_alpha: [R, M, L]; values: [N, M, L, d]; image: [R] int64. No gradient passes through the selection of cells;
/// models/training/lower_bound.hpp estimates it.
Read read(Reading reading, const torch::Tensor& log_alpha, const torch::Tensor& values, const torch::Tensor& image,
          const Selection& selection);

/// Samples s ~ Multinoulli(alpha) by inversion. alpha: [..., L]; uniform: [...] in [0, 1). Returns [...] int64. Never
/// returns a cell with zero weight.
torch::Tensor draw_cells(const torch::Tensor& alpha, const torch::Tensor& uniform);

}  // namespace saccade::models
