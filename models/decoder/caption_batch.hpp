#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace saccade::models {

/// B captions of N images, packed for teacher forcing: rows sorted longest first, then all first steps, all second
/// steps and so on, P predicted words in all. Step t has the first `active[t]` rows still running.
struct CaptionBatch {
  torch::Tensor order;               ///< [B] int64, which of the captions given to pack() each row is
  torch::Tensor image;               ///< [B] int64, which of the N images each row describes
  torch::Tensor inputs;              ///< [P] int64, y_{t-1}
  torch::Tensor targets;             ///< [P] int64, y_t
  torch::Tensor row;                 ///< [P] int64, the row each packed position belongs to
  std::vector<std::int64_t> active;  ///< T values, not increasing

  std::int64_t captions() const { return image.size(0); }

  CaptionBatch to(torch::Device device) const;
};

/// Packs `captions[i]` (<start> ... <end>, at least those two) of image `images[i]`.
CaptionBatch pack(const std::vector<std::vector<std::int64_t>>& captions, const std::vector<std::int64_t>& images);

/// A batch in which row i of another stands copies[i] times, the copies next to each other.
struct RepeatedBatch {
  CaptionBatch batch;
  torch::Tensor row;       ///< [B'] int64, the other batch's row that each row repeats
  torch::Tensor position;  ///< [P'] int64, the other batch's packed position that each position repeats
};

/// copies [B] int64, on the CPU, none below 1.
RepeatedBatch repeat(const CaptionBatch& batch, const torch::Tensor& copies);

}  // namespace saccade::models
