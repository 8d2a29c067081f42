#include "app/output/dependence_report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/output/word_findings.hpp"
#include "core/metrics/evaluation.hpp"

namespace saccade::app {
namespace {

constexpr const char* kScore = "cider_d";

}  // namespace

Dependence dependence_of(const std::string& own_name, const std::vector<ScoredItem>& own,
                         const std::string& forced_name, const std::vector<ScoredItem>& forced,
                         const metrics::BootstrapOptions& bootstrap) {
  const metrics::BootstrapOptions interval = interval_options(bootstrap);
  metrics::EvaluationOptions options;
  options.metrics = {"cider"};
  const metrics::Evaluation whole(own, options), less(forced, options);
  return {own_name,
          forced_name,
          whole.scores().corpus_score(kScore),
          less.scores().corpus_score(kScore),
          metrics::paired_loss(whole, less, kScore, interval),
          interval.confidence};
}

void print_dependence(const std::vector<Dependence>& rows) {
  const std::string heading = "CIDEr-D without own maps";
  std::size_t width = heading.size();
  for (const Dependence& row : rows) width = std::max(width, row.forced.size());
  fmt::print("\n{:<{}}{:>8}{:>8}{:>26}\n", heading, width, "own", "forced", "lost (%)");
  for (const Dependence& row : rows) {
    fmt::print("{:<{}}{:>8.2f}{:>8.2f}{:>26}\n", row.forced, width, 100 * row.own_score, 100 * row.forced_score,
               fmt::format("{:.1f} ({:.1f} to {:.1f})", 100 * row.loss.score, 100 * row.loss.low, 100 * row.loss.high));
  }
}

nlohmann::ordered_json to_json(const Dependence& dependence) {
  return {{"own", dependence.own}, {"confidence", dependence.confidence}, {kScore, to_json(dependence.loss)}};
}

}  // namespace saccade::app
