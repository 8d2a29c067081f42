#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/metrics/bootstrap.hpp"

namespace saccade::app {

/// Means over words with intervals.
struct WordFindings {
  std::size_t words = 0;
  std::size_t photos = 0;
  metrics::BootstrapOptions bootstrap;
  std::vector<metrics::Interval> scores;

  /// From a metrics::GroundingSummary or FaithfulnessSummary. `options`: from interval_options.
  template <typename Summary>
  static WordFindings of(const Summary& summary, const metrics::BootstrapOptions& options) {
    return {summary.words(), summary.photos(), options, summary.scores(options)};
  }
};

/// Options with a confidence of 0.95 if there is none (0).
metrics::BootstrapOptions interval_options(metrics::BootstrapOptions options);

/// "0.418 (0.402 to 0.433)"
std::string text_of(const metrics::Interval& interval);

/// {"score": .., "low": .., "high": ..}
nlohmann::ordered_json to_json(const metrics::Interval& interval);

/// {"words": .., "photos": .., "confidence": .., "resamples": .., NAME: {"score": .., "low": .., "high": ..}, ...}
nlohmann::ordered_json to_json(const WordFindings& findings);

}  // namespace saccade::app
