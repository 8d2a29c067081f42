#include "models/decoder/likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/text/vocabulary.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

/// log p of the word at each packed position: [P].
Tensor of_targets(const Tensor& logits, const CaptionBatch& batch) {
  return at::log_softmax(logits, -1).gather(1, batch.targets.unsqueeze(1)).squeeze(1);
}

/// Sums packed values over each caption: [B] double.
Tensor of_captions(const Tensor& packed, const CaptionBatch& batch) {
  return at::zeros({batch.captions()}, packed.options().dtype(torch::kDouble))
      .index_add_(0, batch.row, packed.to(torch::kDouble));
}

/// log p of each packed word with the weighted mean: [P].
Tensor expected_words(Decoder& decoder, const Tensor& annotations, const CaptionBatch& batch) {
  const AttentionPaths paths = draw_paths(batch, 1, /*expected_share=*/1, decoder.maps().maps());
  return of_targets(decoder.unroll(annotations, batch, paths, {}).logits, paths.repeated.batch);
}

void append(std::vector<double>& values, const Tensor& more) {
  const Tensor flat = more.to(torch::kCPU, torch::kDouble).contiguous();
  values.insert(values.end(), flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel());
}

}  // namespace

Tensor sampled_log_likelihoods(Decoder& decoder, const Tensor& annotations, const CaptionBatch& batch, int samples) {
  const torch::NoGradGuard no_gradient;
  constexpr int kAtOnce = 8;  // limits the memory for the logits of all paths
  std::vector<Tensor> parts;
  for (int done = 0; done < samples; done += kAtOnce) {
    const AttentionPaths paths =
        draw_paths(batch, std::min(kAtOnce, samples - done), /*expected_share=*/0, decoder.maps().maps());
    const CaptionBatch& drawn = paths.repeated.batch;
    const Tensor words = of_targets(decoder.unroll(annotations, batch, paths, {}).logits, drawn);
    parts.push_back(of_captions(words, drawn).view({batch.captions(), -1}));
  }
  return at::cat(parts, 1);
}

Tensor expected_log_likelihoods(Decoder& decoder, const Tensor& annotations, const CaptionBatch& batch) {
  const torch::NoGradGuard no_gradient;
  return of_captions(expected_words(decoder, annotations, batch), batch);
}

Tensor word_log_probabilities(Decoder& decoder, const Tensor& annotations, const std::vector<std::int64_t>& caption) {
  const torch::NoGradGuard no_gradient;
  decoder.eval();
  const auto images = static_cast<std::size_t>(annotations.size(0));
  std::vector<std::int64_t> image(images);
  std::iota(image.begin(), image.end(), 0);
  const CaptionBatch batch =
      pack(std::vector<std::vector<std::int64_t>>(images, caption), image).to(annotations.device());
  const Tensor log_p = of_targets(decoder.unroll(annotations, batch, {}).logits, batch);
  // All captions have one length: first words of all images, then second words, and so on.
  const Tensor by_image = log_p.view({-1, annotations.size(0)}).t();
  return by_image.narrow(1, 0, by_image.size(1) - 1).to(torch::kCPU, torch::kDouble).contiguous();
}

LikelihoodSummary::LikelihoodSummary(Decoder& decoder, int samples) : decoder_(decoder), samples_(samples) {}

void LikelihoodSummary::add(const Tensor& annotations, const std::vector<std::vector<std::int64_t>>& captions,
                            const std::vector<std::int64_t>& images) {
  const torch::NoGradGuard no_gradient;
  decoder_.eval();
  const CaptionBatch batch = pack(captions, images).to(annotations.device());
  const Tensor image = batch.image.to(torch::kCPU);
  for (std::int64_t row = 0; row < image.size(0); ++row) {
    photo_.push_back(photos_ + static_cast<std::size_t>(image[row].item<std::int64_t>()));
  }
  photos_ += static_cast<std::size_t>(annotations.size(0));
  append(words_, at::bincount(batch.row));
  const Tensor words = expected_words(decoder_, annotations, batch);
  append(expected_, of_captions(words, batch));
  const Tensor unknown = words.masked_select(batch.targets == Vocabulary::kUnknown).to(torch::kDouble);
  unknown_ += unknown.numel();
  log_p_unknown_ += unknown.sum().item<double>();
  if (!decoder_.stochastic()) return;
  const Tensor sampled = sampled_log_likelihoods(decoder_, annotations, batch, samples_);
  append(lower_bound_, sampled.mean(1));
  append(marginal_, at::logsumexp(sampled, 1) - std::log(samples_));
}

std::int64_t LikelihoodSummary::words() const {
  return static_cast<std::int64_t>(std::accumulate(words_.begin(), words_.end(), 0.0));
}

double LikelihoodSummary::unknown_log_probability() const {
  return unknown_ == 0 ? 0 : log_p_unknown_ / static_cast<double>(unknown_);
}

Estimate LikelihoodSummary::expected() const {
  return estimate(expected_);
}

Estimate LikelihoodSummary::lower_bound() const {
  return estimate(lower_bound_);
}

Estimate LikelihoodSummary::marginal() const {
  return estimate(marginal_);
}

Estimate LikelihoodSummary::estimate(const std::vector<double>& values) const {
  // A ratio of sums over photos, with its error by linearization (Cochran 1977, section 6.4).
  const double words = std::accumulate(words_.begin(), words_.end(), 0.0);
  Estimate result;
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / words;
  std::vector<double> residuals(photos_);
  for (std::size_t i = 0; i < values.size(); ++i) residuals[photo_[i]] += values[i] - result.mean * words_[i];
  result.error = std::sqrt(std::inner_product(residuals.begin(), residuals.end(), residuals.begin(), 0.0)) / words;
  return result;
}

}  // namespace saccade::models
