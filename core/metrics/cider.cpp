#include "core/metrics/cider.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

constexpr double kSigma = 6;
constexpr double kScale = 10;

/// N-gram weights by number. Unknown n-grams count as if they occurred in one image.
class Weights {
 public:
  explicit Weights(const DocumentFrequencies& frequencies)
      : unseen_(std::log(static_cast<double>(frequencies.images()))), weights_(frequencies.index().size()) {
    for (std::uint32_t id = 0; id < weights_.size(); ++id) {
      weights_[id] = unseen_ - std::log(std::max(1.0, static_cast<double>(frequencies.frequency(id))));
    }
  }

  double operator[](std::uint32_t id) const { return id < weights_.size() ? weights_[id] : unseen_; }

 private:
  double unseen_;
  std::vector<double> weights_;
};

/// A sentence with the lengths of its weighted vectors, n = 1..4.
struct SentenceVector {
  SentenceNgrams ngrams;
  std::array<double, kMaximumOrder> norms{};
};

SentenceVector make_vector(const Tokens& sentence, NgramIndex& index, const Weights& weights) {
  SentenceVector vector;
  vector.ngrams = index.count(sentence);
  for (std::size_t n = 1; n <= kMaximumOrder; ++n) {
    double sum = 0;
    for (const NgramCount& ngram : vector.ngrams.order(n)) {
      const double value = ngram.count * weights[ngram.id];
      sum += value * value;
    }
    vector.norms[n - 1] = std::sqrt(sum);
  }
  return vector;
}

/// The sums over n = 1..4 of the plain and the clipped cosine.
CiderScore similarity(const SentenceVector& hypothesis, const SentenceVector& reference, const Weights& weights) {
  CiderScore sum;
  for (std::size_t n = 1; n <= kMaximumOrder; ++n) {
    const double norms = hypothesis.norms[n - 1] * reference.norms[n - 1];
    if (norms == 0) continue;
    double plain = 0;
    double clipped = 0;
    const SentenceNgrams::Range other = reference.ngrams.order(n);
    const NgramCount* at = other.begin();
    for (const NgramCount& ngram : hypothesis.ngrams.order(n)) {
      while (at != other.end() && at->id < ngram.id) ++at;
      if (at == other.end()) break;
      if (at->id != ngram.id) continue;
      const double weight = weights[ngram.id];
      const double hypothesis_value = ngram.count * weight;
      const double reference_value = at->count * weight;
      plain += hypothesis_value * reference_value;
      clipped += std::min(hypothesis_value, reference_value) * reference_value;
    }
    sum.cider += plain / norms;
    sum.cider_d += clipped / norms;
  }
  const double difference =
      static_cast<double>(hypothesis.ngrams.length()) - static_cast<double>(reference.ngrams.length());
  sum.cider_d *= std::exp(-difference * difference / (2 * kSigma * kSigma));
  return sum;
}

class CiderMetric : public Metric {
 public:
  explicit CiderMetric(std::shared_ptr<const DocumentFrequencies> frequencies) : frequencies_(std::move(frequencies)) {}

  std::vector<std::string> names() const override { return {"cider", "cider_d"}; }
  std::size_t width() const override { return 2; }

  std::vector<double> rows(const std::vector<ScoredItem>& items) const override {
    const CiderResult result = cider(items, frequencies_.get());
    std::vector<double> rows;
    rows.reserve(items.size() * width());
    for (std::size_t i = 0; i < items.size(); ++i) {
      rows.push_back(result.cider.images[i]);
      rows.push_back(result.cider_d.images[i]);
    }
    return rows;
  }

  void score(const double* sum, std::size_t images, double* scores) const override {
    scores[0] = sum[0] / static_cast<double>(images);
    scores[1] = sum[1] / static_cast<double>(images);
  }

 private:
  std::shared_ptr<const DocumentFrequencies> frequencies_;
};

}  // namespace

struct CiderScorer::State {
  State(const std::vector<std::vector<Tokens>>& given, DocumentFrequencies counted)
      : frequencies(std::move(counted)), weights(frequencies), index(&frequencies.index()) {
    if (given.empty()) throw Error("there is nothing to score: the corpus has no image");
    if (frequencies.images() == 0) throw Error("the document frequencies for CIDEr were counted over no image");
    references.reserve(given.size());
    for (std::size_t image = 0; image < given.size(); ++image) {
      if (given[image].empty()) throw Error("image number {} has no reference to score against", image + 1);
      std::vector<SentenceVector>& vectors = references.emplace_back();
      vectors.reserve(given[image].size());
      for (const Tokens& reference : given[image]) vectors.push_back(make_vector(reference, index, weights));
    }
  }

  /// `overlay` numbers n-grams that occur only in hypotheses, so that the shared index does not change.
  CiderScore score(std::size_t image, const Tokens& hypothesis, NgramIndex& overlay) const {
    const SentenceVector vector = make_vector(hypothesis, overlay, weights);
    CiderScore sum;
    for (const SentenceVector& reference : references[image]) {
      const CiderScore one = similarity(vector, reference, weights);
      sum.cider += one.cider;
      sum.cider_d += one.cider_d;
    }
    const double factor = kScale / static_cast<double>(kMaximumOrder * references[image].size());
    return {sum.cider * factor, sum.cider_d * factor};
  }

  DocumentFrequencies frequencies;
  Weights weights;
  NgramIndex index;  // n-grams of the references that the frequencies lack
  std::vector<std::vector<SentenceVector>> references;
};

CiderScorer::CiderScorer(const std::vector<std::vector<Tokens>>& references)
    : CiderScorer(references, DocumentFrequencies(references)) {}

CiderScorer::CiderScorer(const std::vector<std::vector<Tokens>>& references, DocumentFrequencies frequencies)
    : state_(std::make_shared<const State>(references, std::move(frequencies))) {}

std::size_t CiderScorer::images() const {
  return state_->references.size();
}

const DocumentFrequencies& CiderScorer::frequencies() const {
  return state_->frequencies;
}

CiderScore CiderScorer::score(std::size_t image, const Tokens& hypothesis) const {
  if (image >= images()) throw Error("there is no image number {}: the references are of {}", image + 1, images());
  NgramIndex overlay(&state_->index);
  return state_->score(image, hypothesis, overlay);
}

CiderResult CiderScorer::score(const std::vector<Tokens>& hypotheses) const {
  if (hypotheses.size() != images()) {
    throw Error("{} hypotheses for the references of {} images", hypotheses.size(), images());
  }
  std::vector<double> plain(images());
  std::vector<double> clipped(images());
  NgramIndex overlay(&state_->index);
  for (std::size_t image = 0; image < images(); ++image) {
    const CiderScore one = state_->score(image, hypotheses[image], overlay);
    plain[image] = one.cider;
    clipped[image] = one.cider_d;
  }
  return {mean_score(std::move(plain)), mean_score(std::move(clipped))};
}

CiderResult cider(const std::vector<ScoredItem>& items, const DocumentFrequencies* frequencies) {
  check_items(items);
  std::vector<std::vector<Tokens>> references;
  std::vector<Tokens> hypotheses;
  references.reserve(items.size());
  hypotheses.reserve(items.size());
  for (const ScoredItem& item : items) {
    references.push_back(item.references);
    hypotheses.push_back(item.hypothesis);
  }
  const CiderScorer scorer = frequencies == nullptr ? CiderScorer(references) : CiderScorer(references, *frequencies);
  return scorer.score(hypotheses);
}

std::unique_ptr<Metric> make_cider(const MetricOptions& options) {
  return std::make_unique<CiderMetric>(options.document_frequencies);
}

}  // namespace saccade::metrics
