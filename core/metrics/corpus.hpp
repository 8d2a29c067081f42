#pragma once

#include <vector>

#include "core/data/scored_item.hpp"
#include "core/text/tokens.hpp"

namespace saccade::metrics {

/// One score of a whole corpus and of each of its images, in the order of the items.
struct CorpusScore {
  double corpus = 0;
  std::vector<double> images;
};

/// The arithmetic mean of `images` as the corpus value; 0 without images.
CorpusScore mean_score(std::vector<double> images);

}  // namespace saccade::metrics
