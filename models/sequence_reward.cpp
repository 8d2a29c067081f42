#include "models/sequence_reward.hpp"

#include <cmath>

#include "core/metrics/bleu.hpp"

namespace saccade::models {
namespace {

constexpr double kMomentum = 0.0005;  // of the averages, a caption
constexpr double kSteepness = 60;     // of k about equal lengths
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

SequenceReward::SequenceReward(const CaptionDataset& training, double cider_weight)
    : training_(training), cider_(scorer_of(training)), cider_weight_(cider_weight) {}

double SequenceReward::operator()(std::size_t image, const metrics::Tokens& caption, bool ended) {
  const auto follow = [](double& average, double value) { average += kMomentum * (value - average); };
  const metrics::BleuTotals counts = metrics::bleu_totals({"", caption, training_[image].captions});
  const auto length = static_cast<double>(counts.hypothesis_length);
  const auto reference_length = static_cast<double>(counts.reference_length);
  for (std::size_t n = 0; n < counts.matched.size(); ++n) {
    follow(averages.matched[n], static_cast<double>(counts.matched[n]));
    follow(averages.ngrams[n], static_cast<double>(counts.ngrams[n]));
  }
  follow(averages.length, length);
  follow(averages.reference_length, reference_length);

  double reward = 0;
  for (std::size_t n = 0; n < counts.matched.size(); ++n) {
    reward += (static_cast<double>(counts.matched[n]) / averages.matched[n] -
               static_cast<double>(counts.ngrams[n]) / averages.ngrams[n]) /
              static_cast<double>(counts.matched.size());
  }
  const double k = 1 / (1 + std::exp(kSteepness * (averages.length / averages.reference_length - 1)));
  reward += k * (length - reference_length) / averages.length;

  metrics::Tokens with_end = caption;
  if (ended) with_end.emplace_back(kEnd);
  return reward + cider_weight_ * cider_.score(image, with_end).cider_d;
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
