#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/metrics/evaluation.hpp"

namespace saccade::metrics {

struct BootstrapOptions {
  double confidence = 0.95;      ///< of the intervals, between 0 and 1
  std::size_t resamples = 1000;  ///< corpora drawn
  std::uint32_t seed = 1;        ///< the same seed draws the same corpora on every machine
};

/// A score of the corpus and the interval that holds it with the confidence asked for.
struct Interval {
  std::string name;
  double score = 0;
  double low = 0;
  double high = 0;
};

/// Percentile bootstrap (Efron 1979): corpora of as many images, drawn from the evaluated ones with replacement; the
/// interval leaves the same part of their scores out on both sides. CIDEr keeps the document frequencies of the whole
/// corpus. Throws Error for options out of range.
std::vector<Interval> bootstrap(const Evaluation& evaluation, const BootstrapOptions& options = {});

/// The scores, by column, of a corpus in which image i occurs counts[i] times.
using SampleScorer = std::function<std::vector<double>(const std::vector<std::uint32_t>& counts)>;

/// The same of any scores that sums over images give: `names` by column, of a corpus of `images` > 0 images. Throws
/// Error for options out of range.
std::vector<Interval> bootstrap(const std::vector<std::string>& names, std::size_t images, const SampleScorer& score,
                                const BootstrapOptions& options = {});

/// Two sets of captions for the same images, in one score.
struct Comparison {
  std::string name;
  double a = 0;
  double b = 0;
  double difference = 0;  ///< b - a
  double low = 0;         ///< the interval of the difference
  double high = 0;
  double b_wins = 0;   ///< part of the resamples in which b is better, ties counted half
  double p_value = 0;  ///< two-sided, that a and b are equally good; never below 2 / (resamples + 1)
};

/// Paired bootstrap (Koehn, EMNLP 2004): both are scored on the same resampled images. Throws Error when the two are
/// not of the same images in the same order or not of the same scores, and for options out of range.
std::vector<Comparison> paired_bootstrap(const Evaluation& a, const Evaluation& b,
                                         const BootstrapOptions& options = {});

/// What part of a score of `whole` is lost in `less`, (whole - less) / whole, both on the same resampled images; 0
/// where there is nothing to lose. Throws Error as paired_bootstrap does, and when there is no such score.
Interval paired_loss(const Evaluation& whole, const Evaluation& less, const std::string& name,
                     const BootstrapOptions& options = {});

}  // namespace saccade::metrics
