#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/metrics/evaluation.hpp"

namespace saccade::metrics {

struct BootstrapOptions {
  double confidence = 0.95;      ///< confidence of the intervals, between 0 and 1
  std::size_t resamples = 1000;  ///< number of resamples
  std::uint32_t seed = 1;        ///< same resamples on every machine
};

/// A score with its confidence interval.
struct Interval {
  std::string name;
  double score = 0;
  double low = 0;
  double high = 0;
};

/// Percentile bootstrap (Efron 1979) over images, with replacement. CIDEr keeps the document frequencies of the whole
/// corpus. Throws Error if an option is out of range.
std::vector<Interval> bootstrap(const Evaluation& evaluation, const BootstrapOptions& options = {});

/// Scores, by column, of a corpus in which image i occurs counts[i] times.
using SampleScorer = std::function<std::vector<double>(const std::vector<std::uint32_t>& counts)>;

/// The same for any scores that depend on sums over images. `names`: by column; `images`: at least 1. Throws Error if
/// an option is out of range.
std::vector<Interval> bootstrap(const std::vector<std::string>& names, std::size_t images, const SampleScorer& score,
                                const BootstrapOptions& options = {});

/// Two sets of captions of the same images, compared by one score.
struct Comparison {
  std::string name;
  double a = 0;
  double b = 0;
  double difference = 0;  ///< b - a
  double low = 0;         ///< the interval of the difference
  double high = 0;
  double b_wins = 0;   ///< share of the resamples in which b is better; ties count half
  double p_value = 0;  ///< two-sided, that a and b are equally good; never below 2 / (resamples + 1)
};

/// Paired bootstrap (Koehn, EMNLP 2004): scores both on the same resamples. Throws Error if images or scores differ or
/// an option is out of range.
std::vector<Comparison> paired_bootstrap(const Evaluation& a, const Evaluation& b,
                                         const BootstrapOptions& options = {});

/// Relative loss (whole - less) / whole of a score, on the same resamples; 0 if `whole` is 0. Throws Error like
/// paired_bootstrap, or if the score is unknown.
Interval paired_loss(const Evaluation& whole, const Evaluation& less, const std::string& name,
                     const BootstrapOptions& options = {});

}  // namespace saccade::metrics
