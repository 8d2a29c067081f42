#include "app/output/score_report.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

namespace saccade::app {
namespace {

constexpr double kPercent = 100;

/// The usual name of a metric: "BLEU-4" for "bleu_4".
std::string heading_of(const std::string& name) {
  if (name == "rouge_l") return "ROUGE-L";
  if (name == "cider") return "CIDEr";
  if (name == "cider_d") return "CIDEr-D";
  if (name.rfind("bleu_", 0) == 0) return "BLEU-" + name.substr(5);
  return name;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
}

}  // namespace

metrics::EvaluationOptions available_metrics() {
  metrics::EvaluationOptions options;
  const auto known = metrics::metric_names();
  const bool meteor = std::find(known.begin(), known.end(), "meteor_ess") != known.end();
  if (meteor && std::filesystem::exists(options.metric.wordnet / "index.noun")) options.metrics = known;
  return options;
}

void print_scores(const std::string& heading, const std::vector<std::pair<std::string, metrics::Scores>>& rows) {
  std::size_t label = heading.size();
  for (const auto& row : rows) label = std::max(label, row.first.size());
  print(fmt::format("{:<{}}", heading, label));
  for (const auto& name : rows.front().second.names) print(fmt::format("{:>{}}", heading_of(name), name.size() + 4));
  print("\n");
  for (const auto& [name, scores] : rows) {
    print(fmt::format("{:<{}}", name, label));
    for (std::size_t i = 0; i < scores.names.size(); ++i) {
      print(fmt::format("{:>{}.2f}", kPercent * scores.corpus[i], scores.names[i].size() + 4));
    }
    print("\n");
  }
}

void print_word_use(const std::vector<std::pair<std::string, metrics::WordUse>>& rows) {
  const std::string heading = "words, ";
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, heading.size() + row.first.size());
  print(fmt::format("\n{:<{}}  vocabulary  distinct (%)  length  right (%)  named (%)\n", "words", width));
  for (const auto& [name, words] : rows) {
    print(fmt::format("{:<{}}{:>12}{:>14.1f}{:>8.2f}{:>11.1f}{:>11.1f}\n", heading + name, width, words.vocabulary,
                      kPercent * words.distinct, words.length, kPercent * words.right, kPercent * words.named));
  }
}

void print_attention(const std::vector<std::pair<std::string, metrics::AttentionScores>>& rows) {
  const std::string heading = "attention, ";
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, heading.size() + row.first.size());
  print(fmt::format("\n{:<{}}  entropy (nats)  Jensen-Shannon divergence (nats)  moves (%)\n", "attention", width));
  for (const auto& [name, scores] : rows) {
    print(fmt::format("{:<{}}{:>16.3f}{:>34.4f}{:>11.1f}\n", heading + name, width, scores.entropy, scores.divergence,
                      kPercent * scores.moves));
  }
}

void print_intervals(const std::vector<metrics::Interval>& intervals, const metrics::BootstrapOptions& options) {
  print(fmt::format("\n{:g} % confidence, {} resamples of the images\n", kPercent * options.confidence,
                    options.resamples));
  for (const auto& interval : intervals) {
    print(fmt::format("{:<12}{:>8.2f}{:>8.2f} to {:.2f}\n", heading_of(interval.name), kPercent * interval.score,
                      kPercent * interval.low, kPercent * interval.high));
  }
}

void print_comparison(const metrics::Evaluation& a, const metrics::Evaluation& b,
                      const metrics::BootstrapOptions& options) {
  print(fmt::format("\nDifference of the second to the first, {:g} % confidence, {} paired resamples\n",
                    kPercent * options.confidence, options.resamples));
  print(fmt::format("{:<12}{:>8}{:>8}{:>8}{:>18}{:>10}\n", "", "first", "second", "differ", "interval", "p"));
  for (const auto& c : metrics::paired_bootstrap(a, b, options)) {
    const std::string interval = fmt::format("{:+.2f} to {:+.2f}", kPercent * c.low, kPercent * c.high);
    print(fmt::format("{:<12}{:>8.2f}{:>8.2f}{:>+8.2f}{:>18}{:>10.4f}\n", heading_of(c.name), kPercent * c.a,
                      kPercent * c.b, kPercent * c.difference, interval, c.p_value));
  }
}

}  // namespace saccade::app
