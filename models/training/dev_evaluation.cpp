#include "models/training/dev_evaluation.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/metrics/attention.hpp"
#include "core/metrics/bleu.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr std::size_t kSearched = 48;  // images whose beams are searched together
constexpr std::size_t kEncoded = 16;   // larger batches fall out of the processor's cache

metrics::CiderScorer cider_of(const CaptionDataset& dataset) {
  std::vector<std::vector<metrics::Tokens>> references;
  for (const auto& image : dataset) references.push_back(image.captions);
  return metrics::CiderScorer(references);
}

}  // namespace

DevEvaluation::DevEvaluation(Captioner& model, const CaptionDataset& dev, std::filesystem::path images,
                             const SearchOptions& search)
    : model_(model), dev_(dev), folder_(std::move(images)), search_(search), cider_(cider_of(dev)) {}

void DevEvaluation::score(Evaluation& evaluation, const std::function<void()>& pause) {
  std::vector<metrics::ScoredItem> items;
  std::vector<metrics::Tokens> hypotheses;
  metrics::AttentionSummary attention;
  for (std::size_t first = 0; first < dev_.size(); first += kSearched) {
    const std::size_t count = std::min(kSearched, dev_.size() - first);
    const auto captions = model_.caption(annotations(first, count), search_);
    for (std::size_t i = 0; i < count; ++i) {
      hypotheses.push_back(captions[i].front().words);
      attention.add(captions[i].front());
      items.push_back({dev_[first + i].name, hypotheses.back(), dev_[first + i].captions});
    }
    pause();
  }
  evaluation.bleu = metrics::bleu(items).corpus;
  evaluation.cider_d = cider_.score(hypotheses).cider_d.corpus;
  evaluation.entropy = attention.scores().entropy;
  evaluation.divergence = attention.scores().divergence;
}

Tensor DevEvaluation::annotations(std::size_t first, std::size_t count) {
  if (features_) return features_->range(static_cast<std::int64_t>(first), static_cast<std::int64_t>(count));
  std::vector<Tensor> parts;
  for (std::size_t i = first; i < first + count; i += kEncoded) {
    std::vector<std::filesystem::path> files;
    for (std::size_t j = i; j < std::min(i + kEncoded, first + count); ++j) files.push_back(folder_ / dev_[j].name);
    parts.push_back(model_.encode(load_pixels(files, model_.preprocessing)));
  }
  return at::cat(parts);
}

}  // namespace saccade::models
