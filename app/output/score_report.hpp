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

/// The metrics that this installation can compute: METEOR needs WordNet's files.
metrics::EvaluationOptions available_metrics();

/// Prints corpus scores times 100, a row for each set of captions (a beam width, a file), under `heading`.
void print_scores(const std::string& heading, const std::vector<std::pair<std::string, metrics::Scores>>& rows);

/// Prints how rich and how true the words of captions are, a row for each set of captions; the shares times 100.
void print_word_use(const std::vector<std::pair<std::string, metrics::WordUse>>& rows);

/// Prints how attention was spread over the cells and how it moved, a row for each set of captions.
void print_attention(const std::vector<std::pair<std::string, metrics::AttentionScores>>& rows);

/// Prints each score with its interval, times 100.
void print_intervals(const std::vector<metrics::Interval>& intervals, const metrics::BootstrapOptions& options);

/// Prints each score of both, and whether b is better than a.
void print_comparison(const metrics::Evaluation& a, const metrics::Evaluation& b,
                      const metrics::BootstrapOptions& options);

}  // namespace saccade::app
