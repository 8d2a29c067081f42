#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/meteor_aligner.hpp"
#include "core/metrics/metric.hpp"

namespace saccade::metrics {

/// The sums that determine METEOR. Those of a corpus are sums over its images.
struct MeteorTotals {
  double hypothesis_matches = 0;  ///< matched words of the hypothesis, weighted by stage and kind of word
  double reference_matches = 0;
  double hypothesis_weight = 0;  ///< all words of the hypothesis, weighted by kind of word
  double reference_weight = 0;
  double hypothesis_length = 0;  ///< words
  double reference_length = 0;
  double matches = 0;  ///< matched words, on either side
  double chunks = 0;
};

/// METEOR of sums: of one image or, summed, of a corpus; from 0 to 1. Denkowski and Lavie, WMT 2014, with the published
/// parameters for English of version 1.5: P and R are the weighted matches over the weighted lengths,
/// F = P R / (0.85 P + 0.15 R), and the score is F (1 - 0.6 (chunks / matches)^0.2); without the second factor when all
/// words match in one chunk. Words weigh 0.75, function words 0.25; matches by exact word 1, by stem 0.6, by synonym
/// 0.8.
double meteor_score(const MeteorTotals& totals);

/// The sums of one image against the reference that gives the highest score. Throws Error when it has no reference.
MeteorTotals meteor_totals(const ScoredItem& item, MeteorAligner& aligner);

/// The metric of the registry: meteor_ess, which is METEOR with the stages exact, stem and synonym and without
/// paraphrases. For English in lower case. Throws Error when the WordNet database of the options cannot be read.
std::unique_ptr<Metric> make_meteor_ess(const MetricOptions& options);

}  // namespace saccade::metrics
