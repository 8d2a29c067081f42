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
  float log_probability = 0;             ///< sum over the words and <end>
  double score = 0;                      ///< by which captions are ranked: with specificity, length-normalized
  std::vector<float> beta;               ///< T; empty without a gate
  std::vector<float> alpha;              ///< T x M x L
  std::vector<int> cells;                ///< T x M, the cell that each word read; empty for weighted means
};

/// Beam search for all images at once; the beams of all images share the rows of the tensors.
/// annotations: [N, L, D]. Returns one to `beam` hypotheses per image, best first. Never emits <unk> or the same word
/// twice in a row. A hypothesis of `max_length` words pays for its <end> like every other.
///
/// Cells are sampled from one stream of random numbers per image, determined by `options.seed` and `streams[n]`
/// (default: a fingerprint of the annotations of the image). Samples therefore differ between images and do not depend
/// on the batch.
///
/// `blank`: annotations of a blank image, [1, L, D]; required if options.specificity is positive. Throws Error if an
/// option is out of range.
std::vector<std::vector<Hypothesis>> beam_search(Decoder& decoder, const torch::Tensor& annotations,
                                                 const SearchOptions& options,
                                                 const std::vector<std::uint64_t>& streams = {},
                                                 const torch::Tensor& blank = {});

/// Returns a fingerprint of the values of each image, [N, ...], which does not depend on its place in the batch.
std::vector<std::uint64_t> random_streams(const torch::Tensor& images);

}  // namespace saccade::models
