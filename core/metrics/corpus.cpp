#include "core/metrics/corpus.hpp"

#include <numeric>
#include <unordered_set>
#include <utility>

#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

constexpr std::string_view kWhiteSpace = " \t\n\r\v\f";

}  // namespace

CorpusScore mean_score(std::vector<double> images) {
  CorpusScore score;
  score.images = std::move(images);
  if (score.images.empty()) return score;
  const double sum = std::accumulate(score.images.begin(), score.images.end(), 0.0);
  score.corpus = sum / static_cast<double>(score.images.size());
  return score;
}

Tokens split_tokens(std::string_view text) {
  Tokens tokens;
  std::size_t first = text.find_first_not_of(kWhiteSpace);
  while (first != std::string_view::npos) {
    const std::size_t last = text.find_first_of(kWhiteSpace, first);
    tokens.emplace_back(text.substr(first, last - first));
    first = text.find_first_not_of(kWhiteSpace, last);
  }
  return tokens;
}

void check_items(const std::vector<ScoredItem>& items) {
  if (items.empty()) throw Error("there is nothing to score: the corpus has no image");
  std::unordered_set<std::string_view> ids;
  ids.reserve(items.size());
  for (const ScoredItem& item : items) {
    if (!ids.insert(item.id).second) throw Error("image \"{}\" is in the corpus to score twice", item.id);
    if (item.references.empty()) throw Error("image \"{}\" has no reference to score against", item.id);
  }
}

}  // namespace saccade::metrics
