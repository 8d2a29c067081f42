#include "models/sequence_reward.hpp"

#include <algorithm>

namespace saccade::models {
namespace {

metrics::CiderScorer scorer_of(const CaptionDataset& dataset) {
  std::vector<std::vector<metrics::Tokens>> references;
  for (const auto& image : dataset) references.push_back(image.captions);
  return metrics::CiderScorer(references);
}

}  // namespace

SequenceReward::SequenceReward(const CaptionDataset& training, double cider_weight)
    : training_(training), cider_(scorer_of(training)), cider_weight_(cider_weight) {}

std::vector<double> SequenceReward::operator()(const std::vector<std::size_t>& images,
                                               const std::vector<metrics::Tokens>& captions) const {
  std::vector<metrics::BleuTotals> counts;
  metrics::BleuTotals sum;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    counts.push_back(metrics::bleu_totals({"", captions[i], training_[images[i]].captions}));
    sum += counts.back();
  }
  const double draws = std::max<double>(1, static_cast<double>(captions.size()));
  const auto mean = [draws](std::int64_t total) { return std::max(1.0, static_cast<double>(total)) / draws; };
  const double mean_length = mean(sum.hypothesis_length);
  const double mean_reference = mean(sum.reference_length);

  std::vector<double> rewards;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    const auto& count = counts[i];
    double reward = 0;
    for (std::size_t n = 0; n < count.matched.size(); ++n) {
      reward += (static_cast<double>(count.matched[n]) / mean(sum.matched[n]) -
                 static_cast<double>(count.ngrams[n]) / mean(sum.ngrams[n])) /
                static_cast<double>(count.matched.size());
    }
    if (mean_length < mean_reference) {
      reward += static_cast<double>(count.hypothesis_length) * mean_reference / (mean_length * mean_length) -
                static_cast<double>(count.reference_length) / mean_length;
    }
    rewards.push_back(reward + cider_weight_ * cider_.score(images[i], captions[i]).cider_d);
  }
  return rewards;
}

std::vector<double> leave_one_out_advantage(const std::vector<double>& rewards, std::size_t samples) {
  std::vector<double> advantage(rewards.size());
  for (std::size_t first = 0; first + samples <= rewards.size(); first += samples) {
    double sum = 0;
    for (std::size_t k = 0; k < samples; ++k) sum += rewards[first + k];
    for (std::size_t k = 0; k < samples; ++k) {
      const double reward = rewards[first + k];
      advantage[first + k] = samples > 1 ? reward - (sum - reward) / static_cast<double>(samples - 1) : reward;
    }
  }
  return advantage;
}

}  // namespace saccade::models
