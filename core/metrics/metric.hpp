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
  /// What CIDEr weighs n-grams by; null: the references of the items scored.
  std::shared_ptr<const DocumentFrequencies> document_frequencies;

  /// The folder of the WordNet database that METEOR takes synonyms from.
  std::filesystem::path wordnet = "/usr/share/wordnet";
};

/// A way to score captions, of one or several scores. It reduces every image to a row of numbers that add up over
/// images, so that the scores of any set of images follow from the sum of its rows: those of the corpus, of each image
/// alone, and of every resample of a bootstrap.
class Metric {
 public:
  virtual ~Metric() = default;

  /// The names of the scores, in the order of `score`: "bleu_1", ...
  virtual std::vector<std::string> names() const = 0;

  /// Numbers in a row.
  virtual std::size_t width() const = 0;

  /// The rows of all images, one after the other: items.size() x width(). Throws Error as check_items does.
  virtual std::vector<double> rows(const std::vector<ScoredItem>& items) const = 0;

  /// The scores of `images` > 0 images whose rows sum up to `sum` (width() values), into `scores` (names().size()
  /// values).
  virtual void score(const double* sum, std::size_t images, double* scores) const = 0;
};

/// The names that make_metric knows, in the order of output: "bleu", "rouge_l", "cider", and "meteor_ess" where the
/// program was built with the Snowball stemmer.
std::vector<std::string> metric_names();

/// Those that need nothing but the captions: all except "meteor_ess", which reads WordNet.
std::vector<std::string> default_metric_names();

/// Throws Error that lists the known names when `name` is not one of them.
std::unique_ptr<Metric> make_metric(const std::string& name, const MetricOptions& options = {});

}  // namespace saccade::metrics
