#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/document_frequencies.hpp"

namespace saccade::metrics {

struct MetricOptions {
  /// Document frequencies for CIDEr; null: those of the scored references.
  std::shared_ptr<const DocumentFrequencies> document_frequencies;

  /// Folder of the WordNet database for METEOR.
  std::filesystem::path wordnet = "/usr/share/wordnet";
};

/// A metric with one or more scores. It reduces every image to a row of numbers. The sum of the rows determines the
/// scores of any set of images: the corpus, a single image or a bootstrap resample.
class Metric {
 public:
  virtual ~Metric() = default;

  /// The names of the scores, in the order of `score`: "bleu_1", ...
  virtual std::vector<std::string> names() const = 0;

  /// Length of a row.
  virtual std::size_t width() const = 0;

  /// The rows of all images, one after the other: items.size() x width(). Throws Error as check_items does.
  virtual std::vector<double> rows(const std::vector<ScoredItem>& items) const = 0;

  /// The scores of `images` > 0 images whose rows sum up to `sum` (width() values), into `scores` (names().size()
  /// values).
  virtual void score(const double* sum, std::size_t images, double* scores) const = 0;
};

/// The metrics in output order: "bleu", "rouge_l", "cider" and, if built with the Snowball stemmer, "meteor_ess".
std::vector<std::string> metric_names();

/// The metrics that need only captions: all except "meteor_ess", which reads WordNet.
std::vector<std::string> default_metric_names();

/// Throws Error with the list of names if the name is unknown.
std::unique_ptr<Metric> make_metric(const std::string& name, const MetricOptions& options = {});

}  // namespace saccade::metrics
