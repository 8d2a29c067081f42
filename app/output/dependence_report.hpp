#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/data/scored_item.hpp"
#include "core/metrics/bootstrap.hpp"

namespace saccade::app {

/// What captions lose when a forced map takes the place of the model's own.
struct Dependence {
  std::string own, forced;  ///< names of the two ways to caption
  double own_score = 0;     ///< CIDEr-D, a fraction
  double forced_score = 0;
  metrics::Interval loss;  ///< part of the score that is lost
  double confidence = 0;   ///< of its interval, which draws the same images for both
};

/// Captions of the same images by the model's own maps and by forced ones; the interval has a confidence of 0.95 where
/// `bootstrap` has none (0).
Dependence dependence_of(const std::string& own_name, const std::vector<metrics::ScoredItem>& own,
                         const std::string& forced_name, const std::vector<metrics::ScoredItem>& forced,
                         const metrics::BootstrapOptions& bootstrap);

/// Prints a row for each forced map.
void print_dependence(const std::vector<Dependence>& rows);

/// {"own": name, "confidence": .., "cider_d": {"score": .., "low": .., "high": ..}}, parts of the score.
nlohmann::ordered_json to_json(const Dependence& dependence);

}  // namespace saccade::app
