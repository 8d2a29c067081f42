#pragma once

#include <cstdint>
#include <random>

#include <torch/types.h>

#include "core/base/grid.hpp"
#include "models/captioner.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

// Supervises maps without boxes, by occlusion. A block of cells of each image is hidden. If a word becomes less likely,
//
//     drop_t = max(0, log p(y_t | image) - log p(y_t | image without the block)) > 0,
//
// its map should have weight in that block. Over random blocks B, the loss
//
//     sum_t drop_t -log sum_{i in B} alpha_ti  /  sum_t drop_t
//
// is smallest if alpha lies on the cells that the most damaging blocks share.

/// Draws a random rectangle of cells for each of n images, with a fifth to a half of the rows and columns: [n, L] bool,
/// true for hidden cells.
torch::Tensor draw_blocks(const Grid& grid, std::int64_t images, std::mt19937_64& random);

/// drop_t of all words of a batch, [P], without dropout and gradients. `whole` and `occluded`: annotations [N, L, D]
/// with and without the blocks. Hard attention reads the medoid.
torch::Tensor occlusion_drops(const Captioner& model, const torch::Tensor& whole, const torch::Tensor& occluded,
                              const CaptionBatch& batch, Precision precision);

/// The loss above. log_alpha: [P, M, L]; the map of a word is the mean of the last `heads` maps; drops: [P]; hidden:
/// [P, L]. 0 if no word was damaged.
torch::Tensor occlusion_loss(const torch::Tensor& log_alpha, const torch::Tensor& drops, const torch::Tensor& hidden,
                             std::int64_t heads);

}  // namespace saccade::models
