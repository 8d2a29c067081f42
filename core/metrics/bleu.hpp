#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/metric.hpp"
#include "core/metrics/ngram_index.hpp"

namespace saccade::metrics {

/// BLEU-1 .. BLEU-4, at [0] .. [3]; from 0 to 1.
using BleuScore = std::array<double, kMaximumOrder>;

/// The counts that determine BLEU. Those of a corpus are sums over its images.
struct BleuTotals {
  std::int64_t hypothesis_length = 0;  ///< tokens
  std::int64_t reference_length = 0;   ///< tokens of the reference closest in length, the shorter on a tie
  std::array<std::int64_t, kMaximumOrder> ngrams{};   ///< n-grams in the hypotheses, n = 1..4
  std::array<std::int64_t, kMaximumOrder> matched{};  ///< clipped matches with the references

  BleuTotals& operator+=(const BleuTotals& other);
};

/// The scores of counts: of one image or, summed, of a corpus. Papineni et al., ACL 2002, with the two constants of the
/// COCO caption evaluation in place of smoothing: p_n = (matched + 1e-15) / (ngrams + 1e-9),
/// BLEU-N = (p_1 ... p_N)^(1/N), times exp(1 - 1/r) when r = (hypothesis length + 1e-15) / (reference length + 1e-9)
/// < 1.
BleuScore bleu_score(const BleuTotals& totals);

/// The counts of one image. Throws Error if it has no reference.
BleuTotals bleu_totals(const ScoredItem& item);

/// The counts of every image, in order. Throws Error as check_items does.
std::vector<BleuTotals> bleu_totals(const std::vector<ScoredItem>& items);

struct BleuResult {
  BleuScore corpus{};  ///< from `totals`; not the mean of `images`
  std::vector<BleuScore> images;
  BleuTotals totals;
};

/// BLEU of a corpus and of each image. Throws Error as check_items does.
BleuResult bleu(const std::vector<ScoredItem>& items);

/// The registered metric bleu_1 .. bleu_4; its rows are BleuTotals.
std::unique_ptr<Metric> make_bleu(const MetricOptions& options);

}  // namespace saccade::metrics
