#include "models/training/self_critical.hpp"

#include <numeric>

#include "core/metrics/bleu.hpp"
#include "models/decoder/attention_paths.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/decoder/sampling.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr const char* kEnd = "<end>";

std::vector<std::vector<Tokens>> ended_references(const CaptionDataset& dataset) {
  std::vector<std::vector<Tokens>> references;
  for (const auto& image : dataset) {
    references.push_back(image.captions);
    for (auto& caption : references.back()) caption.emplace_back(kEnd);
  }
  return references;
}

/// Each caption along its sampled path. cells: [captions, words M].
AttentionPaths drawn_paths(const CaptionBatch& batch, const std::vector<std::vector<std::int64_t>>& cells,
                           std::int64_t maps) {
  AttentionPaths paths;
  paths.repeated = repeat(batch, torch::ones({batch.captions()}, torch::kLong));
  const Tensor order = batch.order.to(torch::kCPU);
  std::vector<std::int64_t> packed;
  for (std::size_t t = 0; t < batch.active.size(); ++t) {
    for (std::int64_t row = 0; row < batch.active[t]; ++row) {
      const auto& seen = cells[static_cast<std::size_t>(order[row].item<std::int64_t>())];
      const auto first = seen.begin() + static_cast<std::ptrdiff_t>(t) * maps;
      packed.insert(packed.end(), first, first + maps);
    }
  }
  paths.cell = torch::tensor(packed, torch::kLong).view({-1, maps}).to(batch.row.device());
  return paths;
}

}  // namespace

void SelfCriticalOptions::fields(Fields& f) {
  f(samples, "self-critical-samples", Range{2, 1000}, "Sample N captions per image.", Affects::kResult);
  f(words, "self-critical-words", Range{1, 1e6}, "Sample from the N most probable words of each step.",
    Affects::kResult);
  f(cached, "self-critical-cached",
    "Read features from the feature cache in the self-critical stage instead of encoding augmented images. This is "
    "several times as fast.",
    Affects::kResult);
  f(cross_entropy, "self-critical-cross-entropy", Range{0, 1e6},
    "Set the weight of the cross-entropy of people's captions relative to the reward. It keeps the vocabulary wide.",
    Affects::kResult);
  f(bleu_weight, "self-critical-bleu", Range{0, 1e6}, "Set the weight of BLEU-4 relative to CIDEr-D in the reward.",
    Affects::kResult);
  f(named_weight, "self-critical-named", Range{0, 1e6},
    "Set the weight of the F1 score of content words (right and named) relative to CIDEr-D in the reward.",
    Affects::kResult);
}

SelfCritical::SelfCritical(Captioner& model, const CaptionDataset& training, const SelfCriticalOptions& options,
                           const BoxTargets* boxes, double boxes_weight, int max_length, Precision precision)
    : model_(model),
      options_(options),
      boxes_(boxes),
      boxes_weight_(boxes_weight),
      max_length_(max_length),
      precision_(precision),
      references_(ended_references(training)),
      cider_(references_) {
  if (options.named_weight <= 0) return;
  for (const auto& image : training) people_.emplace_back(image.captions);
}

double SelfCritical::reward(std::size_t image, const std::vector<std::int64_t>& caption) const {
  Tokens words;
  for (std::size_t t = 1; t < caption.size(); ++t) {
    words.push_back(caption[t] == Vocabulary::kEnd ? kEnd : model_.vocabulary.word(caption[t]));
  }
  double earned = cider_.score(image, words).cider_d;
  if (options_.bleu_weight > 0) {
    earned += options_.bleu_weight * metrics::bleu_score(metrics::bleu_totals({"", words, references_[image]})).back();
  }
  if (options_.named_weight > 0) {
    if (!words.empty() && words.back() == kEnd) words.pop_back();
    earned += options_.named_weight * people_[image].f1(words);
  }
  return earned;
}

Loss SelfCritical::loss(const std::vector<std::size_t>& images, const SeenImages& seen) const {
  model_.decoder->eval();
  const SampledCaptions drawn = sample_captions(*model_.decoder, seen.annotations.detach(),
                                                {options_.samples, options_.words, max_length_, precision_});
  const auto captions = static_cast<std::int64_t>(drawn.words.size());
  std::vector<std::int64_t> image_of;
  std::vector<float> rewards;
  for (std::size_t i = 0; i < drawn.words.size(); ++i) {
    const std::size_t image = i / static_cast<std::size_t>(options_.samples);
    image_of.push_back(static_cast<std::int64_t>(image));
    rewards.push_back(static_cast<float>(reward(images[image], drawn.words[i])));
  }
  const CaptionBatch batch = pack(drawn.words, image_of).to(model_.device());

  UnrollOptions decoding;
  decoding.word_dropout = decoding.dropout = 0;
  decoding.precision = precision_;
  const bool hard = model_.decoder->stochastic();
  const AttentionPaths paths = hard ? drawn_paths(batch, drawn.cells, model_.decoder->maps().maps()) : AttentionPaths();
  const Unrolled unrolled = hard ? model_.decoder->unroll(seen.annotations, batch, paths, decoding)
                                 : model_.decoder->unroll(seen.annotations, batch, decoding);
  const Tensor log_words = sampling_log_probabilities(unrolled.logits, options_.words, batch.targets)
                               .gather(1, batch.targets.unsqueeze(1))
                               .squeeze(1);
  Tensor log_p = log_words;
  if (hard) log_p = log_p + unrolled.log_alpha.gather(2, unrolled.cell.unsqueeze(2)).squeeze(2).sum(1);

  const Tensor earned = torch::tensor(rewards).view({-1, options_.samples});
  const Tensor others = (earned.sum(1, /*keepdim=*/true) - earned) / (options_.samples - 1);
  const Tensor advantage = (earned - others).flatten().to(model_.device());
  const Tensor of_word = advantage.index_select(0, batch.order).index_select(0, batch.row);

  Loss loss;
  const Tensor surrogate = -(of_word * log_p).sum() / static_cast<double>(captions);
  loss.total = surrogate - surrogate.detach() - earned.mean().to(model_.device());
  loss.cross_entropy = -log_words.detach().mean();
  if (boxes_ != nullptr && boxes_weight_ > 0) {
    const MapTargets maps = boxes_->named(images, seen.crops, batch);
    if (maps.position.defined()) loss.total = loss.total + boxes_weight_ * outside_loss(unrolled.log_alpha, maps);
  }
  return loss;
}

}  // namespace saccade::models
