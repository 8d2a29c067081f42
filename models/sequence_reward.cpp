#include "models/sequence_reward.hpp"

#include <utility>

namespace saccade::models {
namespace {

constexpr const char* kEnd = "<end>";

metrics::CiderScorer scorer_of(const CaptionDataset& dataset) {
  std::vector<std::vector<metrics::Tokens>> references;
  for (const auto& image : dataset) {
    references.push_back(image.captions);
    for (auto& caption : references.back()) caption.emplace_back(kEnd);
  }
  return metrics::CiderScorer(references);
}

}  // namespace

SequenceReward::SequenceReward(const CaptionDataset& training) : cider_(scorer_of(training)) {}

double SequenceReward::operator()(std::size_t image, metrics::Tokens caption, bool ended) const {
  if (ended) caption.emplace_back(kEnd);
  return cider_.score(image, caption).cider_d;
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
