#include "app/output/word_findings.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace saccade::app {

metrics::BootstrapOptions interval_options(metrics::BootstrapOptions options) {
  if (options.confidence == 0) options.confidence = metrics::BootstrapOptions().confidence;
  return options;
}

std::string text_of(const metrics::Interval& interval) {
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", interval.score, interval.low, interval.high);
}

nlohmann::ordered_json to_json(const metrics::Interval& interval) {
  return {{"score", interval.score}, {"low", interval.low}, {"high", interval.high}};
}

nlohmann::ordered_json to_json(const WordFindings& findings) {
  nlohmann::ordered_json object{{"words", findings.words},
                                {"photos", findings.photos},
                                {"confidence", findings.bootstrap.confidence},
                                {"resamples", findings.bootstrap.resamples}};
  for (const metrics::Interval& x : findings.scores) object[x.name] = to_json(x);
  return object;
}

}  // namespace saccade::app
