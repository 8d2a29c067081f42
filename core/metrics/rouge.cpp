#include "core/metrics/rouge.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

constexpr double kBeta = 1.2;
constexpr double kBetaSquared = kBeta * kBeta;

/// Words as the number of their first place in the hypothesis; what is not in the hypothesis is -1 and matches nothing.
using Numbers = std::vector<std::int32_t>;

Numbers number_words(const Tokens& sentence, const Tokens& hypothesis) {
  Numbers numbers(sentence.size());
  std::transform(sentence.begin(), sentence.end(), numbers.begin(), [&](const std::string& word) {
    const auto found = std::find(hypothesis.begin(), hypothesis.end(), word);
    return found == hypothesis.end() ? -1 : static_cast<std::int32_t>(found - hypothesis.begin());
  });
  return numbers;
}

/// Dynamic programming over one row: row[j] is the length for the words of `a` so far and the first j of `b`.
std::size_t longest_common_subsequence(const Numbers& a, const Numbers& b, std::vector<std::size_t>& row) {
  row.assign(b.size() + 1, 0);
  for (const std::int32_t word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = word == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

const Tokens& or_empty_word(const Tokens& sentence) {
  static const Tokens empty_word = {""};
  return sentence.empty() ? empty_word : sentence;
}

class RougeMetric : public Metric {
 public:
  std::vector<std::string> names() const override { return {"rouge_l"}; }
  std::size_t width() const override { return 1; }
  std::vector<double> rows(const std::vector<ScoredItem>& items) const override { return rouge_l(items).images; }
  void score(const double* sum, std::size_t images, double* scores) const override {
    scores[0] = sum[0] / static_cast<double>(images);
  }
};

}  // namespace

double rouge_l(const ScoredItem& item) {
  if (item.references.empty()) throw Error("image \"{}\" has no reference to score against", item.id);
  const Tokens& hypothesis = or_empty_word(item.hypothesis);
  const Numbers hypothesis_numbers = number_words(hypothesis, hypothesis);
  double precision = 0;
  double recall = 0;
  std::vector<std::size_t> row;
  for (const Tokens& given : item.references) {
    const Tokens& reference = or_empty_word(given);
    const auto length =
        static_cast<double>(longest_common_subsequence(number_words(reference, hypothesis), hypothesis_numbers, row));
    precision = std::max(precision, length / static_cast<double>(hypothesis.size()));
    recall = std::max(recall, length / static_cast<double>(reference.size()));
  }
  if (precision == 0 || recall == 0) return 0;
  return (1 + kBetaSquared) * precision * recall / (recall + kBetaSquared * precision);
}

CorpusScore rouge_l(const std::vector<ScoredItem>& items) {
  check_items(items);
  std::vector<double> images;
  images.reserve(items.size());
  for (const ScoredItem& item : items) images.push_back(rouge_l(item));
  return mean_score(std::move(images));
}

std::unique_ptr<Metric> make_rouge_l(const MetricOptions& /*options*/) {
  return std::make_unique<RougeMetric>();
}

}  // namespace saccade::metrics
