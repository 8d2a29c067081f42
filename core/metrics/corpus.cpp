#include "core/metrics/corpus.hpp"

#include <numeric>
#include <utility>

namespace saccade::metrics {

CorpusScore mean_score(std::vector<double> images) {
  CorpusScore score;
  score.images = std::move(images);
  if (score.images.empty()) return score;
  const double sum = std::accumulate(score.images.begin(), score.images.end(), 0.0);
  score.corpus = sum / static_cast<double>(score.images.size());
  return score;
}

}  // namespace saccade::metrics
