#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/decoder.hpp"
#include "models/decoder/search_options.hpp"

namespace saccade::models {

/// One caption as numbers of the vocabulary.
struct Hypothesis {
  std::vector<std::int64_t> words;       ///< T words, without <start> and <end>
  std::vector<float> log_probabilities;  ///< T
  float log_probability = 0;             ///< sum over the words and, when it was reached, <end>
  double score = 0;                      ///< length-normalized
  std::vector<float> beta;               ///< T; empty where there is no gate
  std::vector<float> alpha;              ///< T x M x L
  std::vector<int> cells;                ///< T x M, the cell that each word saw; empty where it saw the expectation
};

/// Beam search over all images at once, the beams of all images being rows of the same tensors.
/// annotations [N, L, D] -> for each image at most `beam` hypotheses, the best first, at least one. <unk> is never
/// emitted and no word twice in a row. Throws Error when an option is out of range.
std::vector<std::vector<Hypothesis>> beam_search(Decoder& decoder, const torch::Tensor& annotations,
                                                 const SearchOptions& options);

}  // namespace saccade::models
