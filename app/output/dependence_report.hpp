#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/data/scored_item.hpp"
#include "core/metrics/bootstrap.hpp"

namespace saccade::app {

/// The loss of captions with a forced map.
struct Dependence {
  std::string own, forced;  ///< names of the two trials
  double own_score = 0;     ///< CIDEr-D
  double forced_score = 0;
  metrics::Interval loss;  ///< relative loss of the score
  double confidence = 0;   ///< confidence of its paired interval
};

/// Compares captions with the model's own and with forced maps. The confidence is 0.95 if `bootstrap` has none (0).
Dependence dependence_of(const std::string& own_name, const std::vector<ScoredItem>& own,
                         const std::string& forced_name, const std::vector<ScoredItem>& forced,
                         const metrics::BootstrapOptions& bootstrap);

/// Prints one row per forced map.
void print_dependence(const std::vector<Dependence>& rows);

/// {"own": name, "confidence": .., "cider_d": {"score": .., "low": .., "high": ..}}, as fractions of the score.
nlohmann::ordered_json to_json(const Dependence& dependence);

}  // namespace saccade::app
