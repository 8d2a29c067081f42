#pragma once

#include <cstdint>

#include <torch/types.h>

#include "models/attention/attention_output.hpp"
#include "models/decoder/caption_batch.hpp"

namespace saccade::models {

/// Paths of hard attention, s_1 ... s_T, along which a batch's captions are read: a row for each path.
struct AttentionPaths {
  RepeatedBatch repeated;  ///< each caption as often as it has paths: B' rows, P' packed positions
  torch::Tensor expected;  ///< [B'] bool: rows that see the expectation at every step; undefined: none
  torch::Tensor uniform;   ///< [P', M] float32 in [0, 1), by which cells are drawn; undefined: the medoids are taken
  torch::Tensor cell;      ///< [P', M] int64, cells chosen beforehand; undefined: none are

  /// How the rows of the step that begins at packed position `first` choose.
  Selection step(std::int64_t first, std::int64_t rows) const;
};

/// `samples` paths for each caption, to be drawn, of a decoder with `maps` maps. The captions of an image whose coin
/// (of `expected_share`) says so have one row instead, which sees the expectation. Draws from LibTorch's global
/// generator.
AttentionPaths draw_paths(const CaptionBatch& batch, int samples, double expected_share, int maps = 1);

}  // namespace saccade::models
