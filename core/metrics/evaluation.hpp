#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/metric.hpp"

namespace saccade::metrics {

/// The scores of a corpus and of each of its images.
struct Scores {
  std::vector<std::string> names;  ///< "bleu_1", ...; one per column
  std::vector<double> corpus;      ///< by column
  std::vector<std::string> ids;    ///< of the images
  std::vector<double> images;      ///< ids.size() x names.size(), row by row

  /// The column of a score. Throws Error with the list of names if it is unknown.
  std::size_t column(const std::string& name) const;
  double corpus_score(const std::string& name) const { return corpus[column(name)]; }
  double image_score(std::size_t image, std::size_t at_column) const {
    return images[image * names.size() + at_column];
  }
};

struct EvaluationOptions {
  std::vector<std::string> metrics = default_metric_names();  ///< names in the registry
  MetricOptions metric;
};

/// Statistics of captions, computed once, from which the scores of the corpus, images and resamples follow.
class Evaluation {
 public:
  /// Throws Error as check_items does, and for an unknown metric.
  explicit Evaluation(const std::vector<ScoredItem>& items, const EvaluationOptions& options = {});

  const std::vector<std::string>& ids() const { return ids_; }
  const std::vector<std::string>& names() const { return names_; }

  Scores scores() const;

  /// The scores, by column, of the corpus in which image i occurs counts[i] times. `counts` has one entry per image,
  /// not all 0.
  std::vector<double> score_sample(const std::vector<std::uint32_t>& counts) const;

 private:
  struct Part {
    std::unique_ptr<Metric> metric;
    std::vector<double> rows;
    std::size_t columns;
  };
  std::vector<std::string> ids_;
  std::vector<std::string> names_;
  std::vector<Part> parts_;
};

/// All scores. Throws Error as Evaluation does.
Scores score_all(const std::vector<ScoredItem>& items, const EvaluationOptions& options = {});

/// Indices of the images in increasing order of a score (stable). Throws Error if the score is unknown.
std::vector<std::size_t> rank_images(const Scores& scores, const std::string& name);

}  // namespace saccade::metrics
