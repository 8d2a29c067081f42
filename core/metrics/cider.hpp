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

/// CIDEr (Vedantam, Zitnick and Parikh, CVPR 2015) against fixed references, whose vectors are computed once. Scores
/// any number of hypothesis sets. Cheap to copy; scoring is safe from several threads.
///
/// An n-gram has the weight (ln N - ln max(1, df)) per occurrence, where df of N images have it in a reference.
/// CIDEr: the cosine of hypothesis and reference; CIDEr-D: the same with the hypothesis clipped to the reference in the
/// dot product, times exp(-d^2 / 72) for lengths that differ by d tokens. Each is the mean over n = 1..4 and over the
/// references, times 10. A sentence shorter than n scores 0 for that n. There is no stemming.
class CiderScorer {
 public:
  /// Uses the document frequencies of the references. Throws Error if there are no images, or an image has no
  /// reference.
  explicit CiderScorer(const std::vector<std::vector<Tokens>>& references);

  /// Uses other document frequencies. Throws Error as above, and if `frequencies` has no images.
  CiderScorer(const std::vector<std::vector<Tokens>>& references, DocumentFrequencies frequencies);

  std::size_t images() const;
  const DocumentFrequencies& frequencies() const;

  /// Scores one hypothesis per image, in order. Throws Error if their numbers differ.
  CiderResult score(const std::vector<Tokens>& hypotheses) const;

  /// Scores a hypothesis for an image. Throws Error if the image does not exist.
  CiderScore score(std::size_t image, const Tokens& hypothesis) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// Both scores with the document frequencies of the items' references, or with `frequencies` if given.
/// Throws Error as check_items does.
CiderResult cider(const std::vector<ScoredItem>& items, const DocumentFrequencies* frequencies = nullptr);

/// The registered metric cider, cider_d. Subsets use the document frequencies of all images.
std::unique_ptr<Metric> make_cider(const MetricOptions& options);

}  // namespace saccade::metrics
