#pragma once

#include <cstdint>

#include <torch/types.h>

#include "models/attention/attention_output.hpp"
#include "models/decoder/caption_batch.hpp"

namespace saccade::models {

/// Paths s_1 ... s_T of hard attention for the captions of a batch, one row per path.
struct AttentionPaths {
  RepeatedBatch repeated;  ///< each caption repeated for its paths: B' rows, P' packed positions
  torch::Tensor expected;  ///< [B'] bool: rows that read the weighted mean; undefined: none
  torch::Tensor uniform;   ///< [P', M] float32 in [0, 1): random numbers for the cells; undefined: medoids
  torch::Tensor cell;      ///< [P', M] int64: given cells; undefined: none

  /// The selection for the step that starts at packed position `first`.
  Selection step(std::int64_t first, std::int64_t rows) const;
};

/// Draws `samples` paths per caption for a decoder with `maps` maps. With probability `expected_share` (one Bernoulli
/// draw per image), the captions of an image get one row instead, which reads the weighted mean. Uses LibTorch's global
/// generator.
AttentionPaths draw_paths(const CaptionBatch& batch, int samples, double expected_share, int maps = 1);

}  // namespace saccade::models
