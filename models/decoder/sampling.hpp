#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/caption_batch.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::models {

/// Options of ancestral sampling: words come from the model's distribution, truncated to the most probable words; with
/// hard attention, cells come from alpha.
struct SamplingOptions {
  int captions = 5;     ///< K captions per image
  int words = 100;      ///< most probable words per step to sample from
  int max_length = 30;  ///< words; longer captions are truncated
  Precision precision = Precision::kFloat32;
};

/// K sampled captions for each of N images.
struct SampledCaptions {
  /// Words from <start> to <end>, or to the last word if truncated. Caption k of image n has index n K + k.
  std::vector<std::vector<std::int64_t>> words;
  /// M cells per predicted word; empty for soft attention.
  std::vector<std::vector<std::int64_t>> cells;
};

/// annotations: [N, L, D]. Uses LibTorch's global generator.
SampledCaptions sample_captions(Decoder& decoder, const torch::Tensor& annotations, const SamplingOptions& options);

/// The sampling distribution for logits [..., V]: softmax over the `words` most probable words, without <pad>, <start>
/// and <unk>; other words have log p = -infinity. `kept` words [...] int64 are always included, so that rounding cannot
/// exclude a sampled word.
torch::Tensor sampling_log_probabilities(const torch::Tensor& logits, int words, const torch::Tensor& kept = {});

}  // namespace saccade::models
