#pragma once

#include <vector>

#include <torch/types.h>

namespace saccade::models {

/// The precomputed attention memory of N images with L cells of width D.
struct Memory {
  torch::Tensor annotations;        ///< [N, L, D]
  std::vector<torch::Tensor> keys;  ///< image-dependent parts of the scores, each [N, ...]
  torch::Tensor values;             ///< [N, M, L, d], the values of each of M maps; the annotations if M = 1

  /// Selects images by `index` [N'] int64.
  Memory select(const torch::Tensor& index) const;
};

/// R rows (captions, beams or samples) that attend in one call, in G groups of K. In generation, a group contains the
/// beams of an image; in training, every row is a group with its own keys.
struct Query {
  torch::Tensor hidden;    ///< [G, K, H], R = G K; the keys of the memory are [G, ...]
  torch::Tensor image;     ///< [R] int64, the image (0 to N - 1) of each row
  std::int64_t step = 0;   ///< t, zero-based
  double temperature = 1;  ///< divides the scores
};

/// The maps and context vectors of R rows at one step.
struct AttentionOutput {
  /// [R, M, L] log weights; the weights sum to 1 over the cells. Zero weights have a large negative finite value.
  /// Undefined without maps.
  torch::Tensor log_alpha;
  torch::Tensor
      cell;  ///< [R, M] int64, the cell s_t that was read, or -1 for the weighted mean; undefined: -1 everywhere
  torch::Tensor context;  ///< [R, C] context vectors before the gate beta; undefined if there are none
};

/// How hard attention selects cells. The default is the medoid (models/kernels/medoid_kernel.hpp).
struct Selection {
  torch::Tensor uniform;   ///< [R, M] float32 in [0, 1): random numbers for s_t ~ Multinoulli(alpha_t)
  torch::Tensor cell;      ///< [R, M] int64: given cells
  torch::Tensor expected;  ///< [R] bool: rows that read the weighted mean
  bool likeliest = false;  ///< select the cell with the largest weight
};

}  // namespace saccade::models
