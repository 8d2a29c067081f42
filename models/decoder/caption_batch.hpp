#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace saccade::models {

/// B captions of N images, packed for teacher forcing. Rows are sorted by length, longest first; positions hold all
/// first steps, then all second steps, and so on, P predicted words in all. Step t has the first `active[t]` rows.
struct CaptionBatch {
  torch::Tensor order;               ///< [B] int64, index of the caption in the arguments of pack()
  torch::Tensor image;               ///< [B] int64, image of each row
  torch::Tensor inputs;              ///< [P] int64, y_{t-1}
  torch::Tensor targets;             ///< [P] int64, y_t
  torch::Tensor row;                 ///< [P] int64, row of each packed position
  std::vector<std::int64_t> active;  ///< T non-increasing values

  std::int64_t captions() const { return image.size(0); }

  CaptionBatch to(torch::Device device) const;
};

/// Packs `captions[i]` (<start> ... <end>, at least these two) of image `images[i]`.
CaptionBatch pack(const std::vector<std::vector<std::int64_t>>& captions, const std::vector<std::int64_t>& images);

/// A batch in which row i of another batch occurs copies[i] times, with adjacent copies.
struct RepeatedBatch {
  CaptionBatch batch;
  torch::Tensor row;       ///< [B'] int64, row of the original batch
  torch::Tensor position;  ///< [P'] int64, packed position in the original batch

  /// [P'] float32, 1 / the number of copies of each position's caption: all copies of a caption count as one.
  torch::Tensor shares() const;
};

/// copies: [B] int64 on the CPU, at least 1.
RepeatedBatch repeat(const CaptionBatch& batch, const torch::Tensor& copies);

}  // namespace saccade::models
