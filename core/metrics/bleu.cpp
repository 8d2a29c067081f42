#include "core/metrics/bleu.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

constexpr double kTiny = 1e-15;
constexpr double kSmall = 1e-9;

/// Clipped n-gram matches: each n-gram counts at most as often as in the reference where it is most frequent.
std::int64_t matched_ngrams(const SentenceNgrams& hypothesis, const std::vector<SentenceNgrams>& references,
                            std::size_t n) {
  const SentenceNgrams::Range range = hypothesis.order(n);
  std::vector<std::uint32_t> largest(static_cast<std::size_t>(range.last - range.first), 0);
  for (const SentenceNgrams& reference : references) {
    const NgramCount* at = reference.order(n).begin();
    const NgramCount* const end = reference.order(n).end();
    for (std::size_t i = 0; i < largest.size(); ++i) {
      const std::uint32_t id = range.first[i].id;
      while (at != end && at->id < id) ++at;
      if (at != end && at->id == id) largest[i] = std::max(largest[i], at->count);
    }
  }
  std::int64_t matched = 0;
  for (std::size_t i = 0; i < largest.size(); ++i) matched += std::min(range.first[i].count, largest[i]);
  return matched;
}

std::int64_t closest_length(std::int64_t length, const std::vector<SentenceNgrams>& references) {
  const auto farther = [length](std::int64_t a, std::int64_t b) {
    const std::int64_t distance_a = std::abs(a - length);
    const std::int64_t distance_b = std::abs(b - length);
    return distance_a != distance_b ? distance_a > distance_b : a > b;
  };
  auto closest = static_cast<std::int64_t>(references.front().length());
  for (const SentenceNgrams& reference : references) {
    const auto candidate = static_cast<std::int64_t>(reference.length());
    if (farther(closest, candidate)) closest = candidate;
  }
  return closest;
}

class BleuMetric : public Metric {
 public:
  std::vector<std::string> names() const override { return {"bleu_1", "bleu_2", "bleu_3", "bleu_4"}; }
  std::size_t width() const override { return 2 + 2 * kMaximumOrder; }

  std::vector<double> rows(const std::vector<ScoredItem>& items) const override {
    std::vector<double> rows;
    rows.reserve(items.size() * width());
    for (const BleuTotals& totals : bleu_totals(items)) {
      rows.push_back(static_cast<double>(totals.hypothesis_length));
      rows.push_back(static_cast<double>(totals.reference_length));
      for (const std::int64_t count : totals.ngrams) rows.push_back(static_cast<double>(count));
      for (const std::int64_t count : totals.matched) rows.push_back(static_cast<double>(count));
    }
    return rows;
  }

  void score(const double* sum, std::size_t /*images*/, double* scores) const override {
    // Doubles hold sums of whole numbers exactly.
    BleuTotals totals;
    totals.hypothesis_length = static_cast<std::int64_t>(sum[0]);
    totals.reference_length = static_cast<std::int64_t>(sum[1]);
    for (std::size_t n = 0; n < kMaximumOrder; ++n) {
      totals.ngrams[n] = static_cast<std::int64_t>(sum[2 + n]);
      totals.matched[n] = static_cast<std::int64_t>(sum[2 + kMaximumOrder + n]);
    }
    const BleuScore result = bleu_score(totals);
    std::copy(result.begin(), result.end(), scores);
  }
};

}  // namespace

BleuTotals& BleuTotals::operator+=(const BleuTotals& other) {
  hypothesis_length += other.hypothesis_length;
  reference_length += other.reference_length;
  for (std::size_t n = 0; n < kMaximumOrder; ++n) {
    ngrams[n] += other.ngrams[n];
    matched[n] += other.matched[n];
  }
  return *this;
}

BleuScore bleu_score(const BleuTotals& totals) {
  BleuScore score{};
  const double ratio =
      (static_cast<double>(totals.hypothesis_length) + kTiny) / (static_cast<double>(totals.reference_length) + kSmall);
  const double brevity = ratio < 1 ? std::exp(1 - 1 / ratio) : 1;
  double product = 1;
  for (std::size_t n = 0; n < kMaximumOrder; ++n) {
    product *= (static_cast<double>(totals.matched[n]) + kTiny) / (static_cast<double>(totals.ngrams[n]) + kSmall);
    score[n] = std::pow(product, 1.0 / static_cast<double>(n + 1)) * brevity;
  }
  return score;
}

BleuTotals bleu_totals(const ScoredItem& item) {
  if (item.references.empty()) throw Error("image \"{}\" has no reference to score against", item.id);
  NgramIndex index;  // n-grams are compared only within an image
  const SentenceNgrams hypothesis = index.count(item.hypothesis);
  std::vector<SentenceNgrams> references;
  references.reserve(item.references.size());
  for (const Tokens& reference : item.references) references.push_back(index.count(reference));

  BleuTotals totals;
  totals.hypothesis_length = static_cast<std::int64_t>(hypothesis.length());
  totals.reference_length = closest_length(totals.hypothesis_length, references);
  for (std::size_t n = 1; n <= kMaximumOrder; ++n) {
    totals.ngrams[n - 1] = std::max<std::int64_t>(0, totals.hypothesis_length - static_cast<std::int64_t>(n) + 1);
    totals.matched[n - 1] = matched_ngrams(hypothesis, references, n);
  }
  return totals;
}

std::vector<BleuTotals> bleu_totals(const std::vector<ScoredItem>& items) {
  check_items(items);
  std::vector<BleuTotals> totals;
  totals.reserve(items.size());
  for (const ScoredItem& item : items) totals.push_back(bleu_totals(item));
  return totals;
}

BleuResult bleu(const std::vector<ScoredItem>& items) {
  BleuResult result;
  result.images.reserve(items.size());
  for (const BleuTotals& totals : bleu_totals(items)) {
    result.images.push_back(bleu_score(totals));
    result.totals += totals;
  }
  result.corpus = bleu_score(result.totals);
  return result;
}

std::unique_ptr<Metric> make_bleu(const MetricOptions& /*options*/) {
  return std::make_unique<BleuMetric>();
}

}  // namespace saccade::metrics
