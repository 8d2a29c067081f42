#include "core/metrics/metric.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/metrics/bleu.hpp"
#include "core/metrics/cider.hpp"
#include "core/metrics/rouge.hpp"
#ifdef SACCADE_METEOR
#include "core/metrics/meteor.hpp"
#endif

namespace saccade::metrics {

namespace {

struct Entry {
  const char* name;
  std::unique_ptr<Metric> (*make)(const MetricOptions&);
};

// A new metric is one line here.
constexpr Entry kMetrics[] = {
    {"bleu", make_bleu},
    {"rouge_l", make_rouge_l},
    {"cider", make_cider},
#ifdef SACCADE_METEOR
    {"meteor_ess", make_meteor_ess},
#endif
};

}  // namespace

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kMetrics) names.emplace_back(entry.name);
  return names;
}

std::vector<std::string> default_metric_names() {
  return {"bleu", "rouge_l", "cider"};
}

std::unique_ptr<Metric> make_metric(const std::string& name, const MetricOptions& options) {
  for (const Entry& entry : kMetrics) {
    if (name == entry.name) return entry.make(options);
  }
  throw Error("there is no metric \"{}\"; known are {}", name, fmt::join(metric_names(), ", "));
}

}  // namespace saccade::metrics
