#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/types.h>

#include "core/base/fields.hpp"
#include "core/base/registry.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::models {

/// What hard attention does when captions are generated.
enum class CellChoice {
  kExpected,  ///< sees the expectation, as soft attention does
  kArgmax,    ///< sees the likeliest cell
  kSample,    ///< sees a cell drawn from alpha, each beam its own
};

/// By their names: expected, argmax, sample.
const Registry<CellChoice>& cell_choices();

struct SearchOptions {
  int beam = 5;                               ///< hypotheses kept at every step; 1 is greedy search
  int max_length = 30;                        ///< words; a hypothesis that has not ended by then is cut there
  int min_length = 1;                         ///< <end> is forbidden before so many words
  Precision precision = Precision::kFloat32;  ///< of the products
  double length_penalty = 0.6;            ///< p of the score log p(y | a) / (words + 1)^p by which captions are ranked
  CellChoice cell = CellChoice::kArgmax;  ///< where attention is hard
  std::uint64_t seed = 1;                 ///< of drawn cells; an image's draws do not depend on the images beside it

  /// All but the precision, which is the caller's to choose.
  void fields(Fields& f);
};

/// One caption as numbers of the vocabulary.
struct Hypothesis {
  std::vector<std::int64_t> words;       ///< T words, without <start> and <end>
  std::vector<float> log_probabilities;  ///< T
  float log_probability = 0;             ///< sum over the words and, when it was reached, <end>
  double score = 0;                      ///< length-normalised
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
