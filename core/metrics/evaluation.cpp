#include "core/metrics/evaluation.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/ranges.h>

#include "core/base/error.hpp"

namespace saccade::metrics {

std::size_t Scores::column(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error("there is no score \"{}\"; there are {}", name, fmt::join(names, ", "));
  return static_cast<std::size_t>(found - names.begin());
}

Evaluation::Evaluation(const std::vector<ScoredItem>& items, const EvaluationOptions& options) {
  check_items(items);
  ids_.reserve(items.size());
  for (const ScoredItem& item : items) ids_.push_back(item.id);
  for (const std::string& name : options.metrics) {
    Part part;
    part.metric = make_metric(name, options.metric);
    part.rows = part.metric->rows(items);
    const std::vector<std::string> names = part.metric->names();
    part.columns = names.size();
    names_.insert(names_.end(), names.begin(), names.end());
    parts_.push_back(std::move(part));
  }
}

std::vector<double> Evaluation::score_sample(const std::vector<std::uint32_t>& counts) const {
  if (counts.size() != ids_.size()) throw Error("a sample of {} images from {}", counts.size(), ids_.size());
  const std::size_t images = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  if (images == 0) throw Error("a sample without an image has no score");
  std::vector<double> scores(names_.size());
  std::size_t column = 0;
  for (const Part& part : parts_) {
    const std::size_t width = part.metric->width();
    std::vector<double> sum(width, 0.0);
    for (std::size_t image = 0; image < counts.size(); ++image) {
      if (counts[image] == 0) continue;
      const double times = counts[image];
      const double* row = part.rows.data() + image * width;
      for (std::size_t i = 0; i < width; ++i) sum[i] += times * row[i];
    }
    part.metric->score(sum.data(), images, scores.data() + column);
    column += part.columns;
  }
  return scores;
}

Scores Evaluation::scores() const {
  Scores scores;
  scores.names = names_;
  scores.ids = ids_;
  scores.corpus = score_sample(std::vector<std::uint32_t>(ids_.size(), 1));
  scores.images.resize(ids_.size() * names_.size());
  std::size_t column = 0;
  for (const Part& part : parts_) {
    const std::size_t width = part.metric->width();
    for (std::size_t image = 0; image < ids_.size(); ++image) {
      part.metric->score(part.rows.data() + image * width, 1, scores.images.data() + image * names_.size() + column);
    }
    column += part.columns;
  }
  return scores;
}

Scores score_all(const std::vector<ScoredItem>& items, const EvaluationOptions& options) {
  return Evaluation(items, options).scores();
}

std::vector<std::size_t> rank_images(const Scores& scores, const std::string& name) {
  const std::size_t column = scores.column(name);
  std::vector<std::size_t> order(scores.ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores.image_score(a, column) < scores.image_score(b, column);
  });
  return order;
}

}  // namespace saccade::metrics
