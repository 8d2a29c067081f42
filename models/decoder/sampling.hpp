#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/caption_batch.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::models {

/// How captions are drawn. They are ancestral samples: every word from the model's own distribution of it, cut to the
/// likeliest words; where attention is hard, every cell from alpha.
struct SamplingOptions {
  int captions = 5;     ///< K, of each image
  int words = 100;      ///< likeliest words of each step among which is drawn
  int max_length = 30;  ///< words; a caption that has not ended by then is cut there
  Precision precision = Precision::kFloat32;
};

/// K captions of each of N images as they were drawn.
struct SampledCaptions {
  /// Each from <start> to <end>, or to its last word where it was cut; caption k of image n is the (n K + k)-th.
  std::vector<std::vector<std::int64_t>> words;
  /// The cells that each predicted word saw, M after M; empty where attention is soft.
  std::vector<std::vector<std::int64_t>> cells;
};

/// annotations [N, L, D]. Draws from LibTorch's global generator.
SampledCaptions sample_captions(Decoder& decoder, const torch::Tensor& annotations, const SamplingOptions& options);

/// The distribution that is drawn from, of logits [..., V]: the softmax over the `words` likeliest of them, which can
/// be said at all (no <pad>, <start> or <unk>); all others have log p = -infinity. A `kept` word [...] int64 is one of
/// them whatever its rank, so that rounding cannot make a word impossible that was drawn.
torch::Tensor sampling_log_probabilities(const torch::Tensor& logits, int words, const torch::Tensor& kept = {});

}  // namespace saccade::models
