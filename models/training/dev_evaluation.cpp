#include "models/training/dev_evaluation.hpp"

#include <algorithm>
#include <vector>

#include "core/metrics/attention.hpp"
#include "core/metrics/bleu.hpp"
#include "core/metrics/grounding.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr std::size_t kSearched = 48;  // images per beam search
constexpr std::size_t kEncoded = 16;   // larger batches exceed the CPU cache

metrics::CiderScorer cider_of(const CaptionDataset& dataset) {
  std::vector<std::vector<Tokens>> references;
  for (const auto& image : dataset) references.push_back(image.captions);
  return metrics::CiderScorer(references);
}

}  // namespace

DevEvaluation::DevEvaluation(Captioner& model, const TrainingSet& set, const SearchOptions& search)
    : model_(model), set_(set), dev_(set.dev), search_(search), cider_(cider_of(set.dev)) {}

DevScores DevEvaluation::score(std::size_t examples, std::vector<Caption>& shown, const std::function<void()>& pause) {
  DevScores scores;
  scores.set = set_.name;
  std::vector<ScoredItem> items;
  std::vector<Tokens> hypotheses;
  metrics::AttentionSummary attention;
  metrics::WordGrounding grounding;
  for (std::size_t first = 0; first < dev_.size(); first += kSearched) {
    const std::size_t count = std::min(kSearched, dev_.size() - first);
    const auto captions = model_.caption(annotations(first, count), search_);
    for (std::size_t i = 0; i < count; ++i) {
      const Caption& caption = captions[i].front();
      const CaptionedImage& image = dev_[first + i];
      hypotheses.push_back(caption.words);
      attention.add(caption);
      items.push_back({image.name, caption.words, image.captions});
      if (first + i < examples) shown.push_back(caption);
      const AnnotatedPhoto* photo = set_.dev_boxes ? set_.dev_boxes->find(image.name) : nullptr;
      if (photo == nullptr || caption.alpha.empty()) continue;
      for (const auto& word : metrics::ground_caption(*photo, caption)) {
        ++scores.grounded;
        grounding.correctness += word.measure.correctness;
        grounding.pointing += word.measure.pointing;
      }
    }
    pause();
  }
  scores.bleu = metrics::bleu(items).corpus;
  scores.cider_d = cider_.score(hypotheses).cider_d.corpus;
  scores.words = metrics::word_use(items);
  scores.entropy = attention.scores().entropy;
  scores.divergence = attention.scores().divergence;
  const auto words = static_cast<double>(std::max<std::size_t>(scores.grounded, 1));
  scores.correctness = grounding.correctness / words;
  scores.pointing = grounding.pointing / words;
  return scores;
}

Tensor DevEvaluation::annotations(std::size_t first, std::size_t count) {
  if (features_) return features_->range(static_cast<std::int64_t>(first), static_cast<std::int64_t>(count));
  std::vector<Tensor> parts;
  for (std::size_t i = first; i < first + count; i += kEncoded) {
    std::vector<std::filesystem::path> files;
    for (std::size_t j = i; j < std::min(i + kEncoded, first + count); ++j) files.push_back(dev_[j].file);
    parts.push_back(model_.encode(load_pixels(files, model_.preprocessing)));
  }
  return at::cat(parts);
}

}  // namespace saccade::models
