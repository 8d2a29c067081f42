#pragma once

#include <vector>

#include <torch/types.h>

namespace saccade::models {

/// What attention keeps of N images: L cells of width D.
struct Memory {
  torch::Tensor annotations;        ///< [N, L, D]
  std::vector<torch::Tensor> keys;  ///< what of the scores depends on the image alone, each [N, ...]
  torch::Tensor values;             ///< [N, M, L, d], what each of M maps reads; M = 1: the annotations

  /// The images that `index` [N'] int64 names.
  Memory select(const torch::Tensor& index) const;
};

/// R rows (captions, beams or samples) that look at the same time. They come in G groups of K: in generation a group is
/// an image's beams, in training every row is a group, with keys of its own.
struct Query {
  torch::Tensor hidden;    ///< [G, K, H]; R = G K. A memory's keys are [G, ...]
  torch::Tensor image;     ///< [R] int64, which of a memory's N images each row reads
  std::int64_t step = 0;   ///< t, from 0
  double temperature = 1;  ///< scores are divided by it
};

/// Where the rows look at one time step, and what they see there.
struct AttentionOutput {
  /// [R, M, L] logarithms of weights that sum to 1 over the cells: finite, where a weight is 0 very low. Undefined
  /// without maps.
  torch::Tensor log_alpha;
  torch::Tensor cell;     ///< [R, M] int64, s_t: the one cell seen, or -1: all, weighted. Undefined: -1 for all rows
  torch::Tensor context;  ///< [R, C] the context vector before the gate beta; undefined without one
};

/// How the rows choose their cells, where attention is hard: the medoid (models/kernels/medoid_kernel.hpp), unless
/// something else is said.
struct Selection {
  torch::Tensor uniform;   ///< [R, M] float32 in [0, 1): then s_t ~ Multinoulli(alpha_t), drawn with these
  torch::Tensor cell;      ///< [R, M] int64: chosen already
  torch::Tensor expected;  ///< [R] bool: these rows see the expectation instead, as in soft attention
  bool likeliest = false;  ///< not the medoid but the cell that weighs most
};

}  // namespace saccade::models
