#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/document_frequencies.hpp"
#include "core/metrics/metric.hpp"

namespace saccade::metrics {

/// CIDEr and CIDEr-D of one image; from 0 to 10.
struct CiderScore {
  double cider = 0;
  double cider_d = 0;
};

struct CiderResult {
  CorpusScore cider;    ///< corpus value: mean over images
  CorpusScore cider_d;  ///< printed as "CIDEr" by the COCO caption evaluation
};

/// CIDEr (Vedantam, Zitnick and Parikh, CVPR 2015) against fixed references, whose vectors are made once; any number of
/// hypothesis sets can then be scored. Cheap to copy; scoring from several threads at once is safe.
///
/// An n-gram weighs (ln N - ln max(1, df)) for each time it occurs, where df of N images hold it in a reference.
/// CIDEr: the cosine of hypothesis and reference; CIDEr-D: the same with the hypothesis clipped to the reference in the
/// dot product, times exp(-d^2 / 72) for lengths that differ by d tokens. Each is the mean over n = 1..4 and over the
/// references, times 10. A sentence shorter than n scores 0 for that n. There is no stemming.
class CiderScorer {
 public:
  /// Document frequencies from the references themselves. Throws Error when there is no image or one without reference.
  explicit CiderScorer(const std::vector<std::vector<Tokens>>& references);

  /// Document frequencies from elsewhere. Throws Error as above, and when `frequencies` counts no image.
  CiderScorer(const std::vector<std::vector<Tokens>>& references, DocumentFrequencies frequencies);

  std::size_t images() const;
  const DocumentFrequencies& frequencies() const;

  /// One hypothesis for every image, in order. Throws Error when their numbers differ.
  CiderResult score(const std::vector<Tokens>& hypotheses) const;

  /// One hypothesis for one image. Throws Error when there is no such image.
  CiderScore score(std::size_t image, const Tokens& hypothesis) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// Both scores with the document frequencies of the items' own references, or of `frequencies` where given.
/// Throws Error as check_items does.
CiderResult cider(const std::vector<ScoredItem>& items, const DocumentFrequencies* frequencies = nullptr);

/// The registered metric cider, cider_d. Subsets use the document frequencies of all images.
std::unique_ptr<Metric> make_cider(const MetricOptions& options);

}  // namespace saccade::metrics
