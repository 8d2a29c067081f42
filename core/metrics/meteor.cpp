#include "core/metrics/meteor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

constexpr double kAlpha = 0.85;
constexpr double kBeta = 0.20;
constexpr double kGamma = 0.60;
constexpr double kContentWeight = 0.75;
constexpr std::array<double, kMeteorStages> kStageWeights = {1.0, 0.6, 0.8};

/// The frequent words of English that METEOR 1.5 takes for function words, in alphabetical order: data of METEOR's own
/// (`function/english.words` of meteor-1.5, LGPL), without which its scores cannot be had.
constexpr std::string_view kFunctionWords[] = {
    "\"",   "$",     "'",    "'s",    "'t",    "(",     ")",     ",",     "-",     "--",    "-lrb-", "-rrb-",
    ".",    ":",     "?",    "a",     "about", "after", "all",   "also",  "an",    "and",   "are",   "as",
    "at",   "be",    "been", "but",   "by",    "can",   "could", "first", "for",   "from",  "had",   "has",
    "have", "he",    "her",  "his",   "i",     "if",    "in",    "into",  "is",    "it",    "its",   "last",
    "more", "new",   "no",   "not",   "of",    "on",    "one",   "or",    "other", "out",   "over",  "people",
    "s",    "said",  "she",  "so",    "some",  "than",  "that",  "the",   "their", "there", "they",  "this",
    "time", "to",    "two",  "up",    "was",   "we",    "were",  "what",  "when",  "which", "who",   "will",
    "with", "would", "year", "years", "you",   "—",     "’",     "“",     "”"};

double weight_of(const std::string& word) {
  const bool function = std::binary_search(std::begin(kFunctionWords), std::end(kFunctionWords), word);
  return function ? 1 - kContentWeight : kContentWeight;
}

double weight_of(const Tokens& sentence) {
  double sum = 0;
  for (const std::string& word : sentence) sum += weight_of(word);
  return sum;
}

MeteorTotals totals_of(const Tokens& hypothesis, const Tokens& reference, const MeteorAlignment& alignment) {
  MeteorTotals totals;
  totals.hypothesis_weight = weight_of(hypothesis);
  totals.reference_weight = weight_of(reference);
  totals.hypothesis_length = static_cast<double>(hypothesis.size());
  totals.reference_length = static_cast<double>(reference.size());
  totals.matches = static_cast<double>(alignment.matches.size());
  totals.chunks = static_cast<double>(alignment.chunks);
  for (const MeteorMatch& match : alignment.matches) {
    const double weight = kStageWeights[static_cast<std::size_t>(match.stage)];
    totals.hypothesis_matches += weight * weight_of(hypothesis[match.hypothesis]);
    totals.reference_matches += weight * weight_of(reference[match.reference]);
  }
  return totals;
}

class MeteorMetric : public Metric {
 public:
  explicit MeteorMetric(std::filesystem::path wordnet) : wordnet_(std::move(wordnet)) {}

  std::vector<std::string> names() const override { return {"meteor_ess"}; }
  std::size_t width() const override { return 8; }

  std::vector<double> rows(const std::vector<ScoredItem>& items) const override {
    check_items(items);
    MeteorAligner aligner(wordnet_);
    std::vector<double> rows;
    rows.reserve(items.size() * width());
    for (const ScoredItem& item : items) {
      const MeteorTotals totals = meteor_totals(item, aligner);
      rows.insert(rows.end(), {totals.hypothesis_matches, totals.reference_matches, totals.hypothesis_weight,
                               totals.reference_weight, totals.hypothesis_length, totals.reference_length,
                               totals.matches, totals.chunks});
    }
    return rows;
  }

  void score(const double* sum, std::size_t /*images*/, double* scores) const override {
    scores[0] = meteor_score({sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7]});
  }

 private:
  std::filesystem::path wordnet_;
};

}  // namespace

double meteor_score(const MeteorTotals& totals) {
  if (totals.hypothesis_matches == 0 || totals.reference_matches == 0) return 0;
  const double precision = totals.hypothesis_matches / totals.hypothesis_weight;
  const double recall = totals.reference_matches / totals.reference_weight;
  const double mean = precision * recall / (kAlpha * precision + (1 - kAlpha) * recall);
  const bool all = totals.matches == totals.hypothesis_length && totals.matches == totals.reference_length;
  if (all && totals.chunks == 1) return mean;
  return mean * (1 - kGamma * std::pow(totals.chunks / totals.matches, kBeta));
}

MeteorTotals meteor_totals(const ScoredItem& item, MeteorAligner& aligner) {
  if (item.references.empty()) throw Error("image \"{}\" has no reference to score against", item.id);
  MeteorTotals best;
  double best_score = -1;
  for (const Tokens& reference : item.references) {
    const MeteorTotals totals = totals_of(item.hypothesis, reference, aligner.align(item.hypothesis, reference));
    const double score = meteor_score(totals);
    if (score > best_score) {
      best = totals;
      best_score = score;
    }
  }
  return best;
}

std::unique_ptr<Metric> make_meteor_ess(const MetricOptions& options) {
  return std::make_unique<MeteorMetric>(options.wordnet);
}

}  // namespace saccade::metrics
