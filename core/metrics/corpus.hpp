#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saccade::metrics {

/// The words of one sentence. A token holds no white space.
using Tokens = std::vector<std::string>;

/// One image to score: what was said of it and what should have been.
struct ScoredItem {
  std::string id;
  Tokens hypothesis;               ///< may be empty: scores 0 everywhere
  std::vector<Tokens> references;  ///< at least one
};

/// One score of a whole corpus and of each of its images, in the order of the items.
struct CorpusScore {
  double corpus = 0;
  std::vector<double> images;
};

/// The arithmetic mean of `images` as the corpus value; 0 without images.
CorpusScore mean_score(std::vector<double> images);

/// Splits at any run of white space (space, tab, line ends).
Tokens split_tokens(std::string_view text);

/// Throws Error when there is no item, when an id occurs twice, or when an item has no reference; names the id.
void check_items(const std::vector<ScoredItem>& items);

}  // namespace saccade::metrics
