#pragma once

#include <cstdint>
#include <random>

#include <torch/types.h>

#include "core/text/caption.hpp"
#include "models/captioner.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

// Maps are made true without boxes: the model is asked what it needs. A block of cells of each picture is grayed, and
// where a word becomes less likely by it,
//
//     drop_t = max(0, log p(y_t | the picture) - log p(y_t | the picture without the block)),
//
// the word's map should have weight in that block. Over the random blocks B the term
//
//     sum_t drop_t -log sum_{i in B} alpha_ti  /  sum_t drop_t
//
// is least where alpha lies on the cells that the most damaging blocks have in common.

/// For each of n images a rectangle of cells, of a fifth to a half of the grid's rows and columns each, at any place:
/// [n, L] bool, true where cells are hidden.
torch::Tensor draw_blocks(const Grid& grid, std::int64_t images, std::mt19937_64& random);

/// drop_t of all words of a batch, [P]: annotations [N, L, D] of the pictures and of the same without their blocks.
/// Nothing is left out at random; no gradient is kept. Where attention is hard, the medoids are seen.
torch::Tensor occlusion_drops(const Captioner& model, const torch::Tensor& whole, const torch::Tensor& occluded,
                              const CaptionBatch& batch, Precision precision);

/// The term above: log_alpha [P, M, L], of which a word's map is the mean of the last `heads`; drops [P]; hidden [P,
/// L]. 0 where nothing was damaged.
torch::Tensor occlusion_loss(const torch::Tensor& log_alpha, const torch::Tensor& drops, const torch::Tensor& hidden,
                             std::int64_t heads);

}  // namespace saccade::models
