#pragma once

#include <torch/types.h>

#include "models/attention/attention_output.hpp"

namespace saccade::models {

/// What is read with the weights.
enum class Reading {
  kExpectation,  ///< soft (deterministic) attention: the expected annotation `sum_i alpha_ti a_i` (SAT section 4.2)
  kDraw          ///< hard (stochastic) attention: that of one cell, `a_{s_t}`, p(s_t = i) = alpha_ti (SAT section 4.1)
};

/// What was read, [R, M, d], and by which cells: `cell` as in AttentionOutput.
struct Read {
  torch::Tensor cell;
  torch::Tensor context;
};

/// log_alpha [R, M, L]; values [N, M, L, d]; image [R] int64. No gradient passes through a choice of cells:
/// models/training/lower_bound.hpp estimates it.
Read read(Reading reading, const torch::Tensor& log_alpha, const torch::Tensor& values, const torch::Tensor& image,
          const Selection& selection);

/// s ~ Multinoulli(alpha) by inversion: alpha [..., L], uniform [...] in [0, 1) -> [...] int64. Never a cell of no
/// weight.
torch::Tensor draw_cells(const torch::Tensor& alpha, const torch::Tensor& uniform);

}  // namespace saccade::models
