#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/metrics/attention.hpp"
#include "core/metrics/bootstrap.hpp"
#include "core/metrics/evaluation.hpp"
#include "core/metrics/word_use.hpp"

namespace saccade::app {

/// The metrics that are available: METEOR needs the files of WordNet.
metrics::EvaluationOptions available_metrics();

/// Prints corpus scores times 100, a row for each set of captions (a beam width, a file), under `heading`.
void print_scores(const std::string& heading, const std::vector<std::pair<std::string, metrics::Scores>>& rows);

/// Prints vocabulary, distinct, length, right and named, a row for each set of captions; shares times 100.
void print_word_use(const std::vector<std::pair<std::string, metrics::WordUse>>& rows);

/// Prints entropy and movement of the attention maps, a row for each set of captions.
void print_attention(const std::vector<std::pair<std::string, metrics::AttentionScores>>& rows);

/// Prints each score with its interval, times 100.
void print_intervals(const std::vector<metrics::Interval>& intervals, const metrics::BootstrapOptions& options);

/// Prints each score of both, and whether b is significantly better than a.
void print_comparison(const metrics::Evaluation& a, const metrics::Evaluation& b,
                      const metrics::BootstrapOptions& options);

}  // namespace saccade::app
