#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/decoder.hpp"
#include "models/decoder/search_options.hpp"

namespace saccade::models {

/// One caption as vocabulary indices.
struct Hypothesis {
  std::vector<std::int64_t> words;       ///< T words, without <start> and <end>
  std::vector<float> log_probabilities;  ///< T
  float log_probability = 0;             ///< sum over the words and, if reached, <end>
  double score = 0;                      ///< length-normalized
  std::vector<float> beta;               ///< T; empty without a gate
  std::vector<float> alpha;              ///< T x M x L
  std::vector<int> cells;                ///< T x M, the cell that each word read; empty for weighted means
};

/// Beam search for all images at once; the beams of all images share the rows of the tensors.
/// annotations: [N, L, D]. Returns one to `beam` hypotheses per image, best first. Never emits <unk> or the same word
/// twice in a row. Throws Error if an option is out of range.
std::vector<std::vector<Hypothesis>> beam_search(Decoder& decoder, const torch::Tensor& annotations,
                                                 const SearchOptions& options);

}  // namespace saccade::models
