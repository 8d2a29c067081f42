#pragma once

#include <cstddef>

#include "core/text/caption.hpp"

namespace saccade::metrics {

/// How attention moves over the captions of a corpus.
struct AttentionScores {
  double entropy = 0;     ///< mean of H(alpha_t) over words, in nats, from 0 (one cell) to log L (uniform)
  double divergence = 0;  ///< mean Jensen-Shannon divergence between consecutive maps, in nats, 0 to log 2
  double moves = 0;       ///< share of consecutive words that read different cells (or have different peaks)
};

/// Accumulates the captions of a corpus.
class AttentionSummary {
 public:
  void add(const Caption& caption);
  AttentionScores scores() const;
  /// Number of words with a map.
  std::size_t words() const { return words_; }

 private:
  double entropy_ = 0, divergence_ = 0;
  std::size_t words_ = 0, steps_ = 0, moves_ = 0;
};

/// H(p) = -sum p log p of `count` weights that sum to 1, in nats (Shannon 1948).
double entropy(const float* p, std::size_t count);

/// H((p + q) / 2) - (H(p) + H(q)) / 2, in nats (Lin 1991).
double jensen_shannon_divergence(const float* p, const float* q, std::size_t count);

}  // namespace saccade::metrics
