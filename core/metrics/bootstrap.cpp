#include "core/metrics/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>
#include <utility>

#include <fmt/ranges.h>

#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

void check(const BootstrapOptions& options) {
  if (!(options.confidence > 0 && options.confidence < 1)) {
    throw Error("a confidence of {} is not between 0 and 1", options.confidence);
  }
  if (options.resamples == 0) throw Error("a bootstrap needs at least 1 resample");
}

void check_pair(const Evaluation& a, const Evaluation& b) {
  if (a.names() != b.names()) {
    throw Error("the two evaluations are of different scores: {} and {}", fmt::join(a.names(), ", "),
                fmt::join(b.names(), ", "));
  }
  if (a.ids().size() != b.ids().size()) {
    throw Error("the two evaluations are of {} and {} images", a.ids().size(), b.ids().size());
  }
  for (std::size_t i = 0; i < a.ids().size(); ++i) {
    if (a.ids()[i] != b.ids()[i]) {
      throw Error(R"(the two evaluations are of different images: number {} is "{}" in one and "{}" in the other)",
                  i + 1, a.ids()[i], b.ids()[i]);
    }
  }
}

/// Draws resamples as counts per image.
class Resampler {
 public:
  Resampler(std::size_t images, std::uint32_t seed) : counts_(images), random_(seed) {}

  const std::vector<std::uint32_t>& next() {
    std::fill(counts_.begin(), counts_.end(), 0U);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      // std::uniform_int_distribution differs between standard libraries.
      ++counts_[static_cast<std::size_t>((std::uint64_t{random_()} * counts_.size()) >> 32)];
    }
    return counts_;
  }

 private:
  std::vector<std::uint32_t> counts_;
  std::mt19937 random_;
};

/// Interpolates linearly between sorted values.
double quantile(const std::vector<double>& sorted, double part) {
  const double place = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::pair<double, double> interval(std::vector<double>& values, double confidence) {
  std::sort(values.begin(), values.end());
  return {quantile(values, (1 - confidence) / 2), quantile(values, (1 + confidence) / 2)};
}

}  // namespace

std::vector<Interval> bootstrap(const std::vector<std::string>& names, std::size_t images, const SampleScorer& score,
                                const BootstrapOptions& options) {
  check(options);
  std::vector<std::vector<double>> values(names.size());
  Resampler resampler(images, options.seed);
  for (std::size_t i = 0; i < options.resamples; ++i) {
    const std::vector<double> scores = score(resampler.next());
    for (std::size_t column = 0; column < names.size(); ++column) values[column].push_back(scores[column]);
  }
  const std::vector<double> whole = score(std::vector<std::uint32_t>(images, 1));
  std::vector<Interval> intervals;
  for (std::size_t column = 0; column < names.size(); ++column) {
    const auto [low, high] = interval(values[column], options.confidence);
    intervals.push_back({names[column], whole[column], low, high});
  }
  return intervals;
}

std::vector<Interval> bootstrap(const Evaluation& evaluation, const BootstrapOptions& options) {
  const auto score = [&evaluation](const std::vector<std::uint32_t>& counts) {
    return evaluation.score_sample(counts);
  };
  return bootstrap(evaluation.names(), evaluation.ids().size(), score, options);
}

std::vector<Comparison> paired_bootstrap(const Evaluation& a, const Evaluation& b, const BootstrapOptions& options) {
  check(options);
  check_pair(a, b);
  const std::size_t columns = a.names().size();
  std::vector<std::vector<double>> differences(columns);
  Resampler resampler(a.ids().size(), options.seed);
  for (std::size_t i = 0; i < options.resamples; ++i) {
    const std::vector<std::uint32_t>& sample = resampler.next();
    const std::vector<double> scores_a = a.score_sample(sample);
    const std::vector<double> scores_b = b.score_sample(sample);
    for (std::size_t column = 0; column < columns; ++column) {
      differences[column].push_back(scores_b[column] - scores_a[column]);
    }
  }

  const std::vector<double> whole_a = a.scores().corpus;
  const std::vector<double> whole_b = b.scores().corpus;
  std::vector<Comparison> comparisons;
  for (std::size_t column = 0; column < columns; ++column) {
    std::vector<double>& values = differences[column];
    const auto above = std::count_if(values.begin(), values.end(), [](double value) { return value > 0; });
    const auto below = std::count_if(values.begin(), values.end(), [](double value) { return value < 0; });
    const auto total = static_cast<double>(values.size());
    const double ties = total - static_cast<double>(above + below);
    Comparison comparison;
    comparison.name = a.names()[column];
    comparison.a = whole_a[column];
    comparison.b = whole_b[column];
    comparison.difference = whole_b[column] - whole_a[column];
    std::tie(comparison.low, comparison.high) = interval(values, options.confidence);
    comparison.b_wins = (static_cast<double>(above) + ties / 2) / total;
    const double smaller_tail = static_cast<double>(std::min(above, below)) + ties;
    comparison.p_value = std::min(1.0, 2 * (smaller_tail + 1) / (total + 1));
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

Interval paired_loss(const Evaluation& whole, const Evaluation& less, const std::string& name,
                     const BootstrapOptions& options) {
  check_pair(whole, less);
  const auto& names = whole.names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error("there is no score '{}'; choose one of {}", name, fmt::join(names, ", "));
  const auto column = static_cast<std::size_t>(found - names.begin());
  const auto loss = [&](const std::vector<std::uint32_t>& counts) {
    const double all = whole.score_sample(counts)[column];
    return std::vector<double>{all > 0 ? (all - less.score_sample(counts)[column]) / all : 0};
  };
  return bootstrap({name}, whole.ids().size(), loss, options).front();
}

}  // namespace saccade::metrics
