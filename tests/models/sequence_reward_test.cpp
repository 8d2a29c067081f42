#include "models/sequence_reward.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "core/metrics/bleu.hpp"

using namespace saccade;
using metrics::BleuTotals;
using metrics::Tokens;
using models::leave_one_out_advantage;
using models::SequenceReward;

namespace {

const CaptionDataset kTraining{{"0.jpg", {{"a", "dog", "runs", "on", "the", "grass"}, {"the", "dog", "runs"}}},
                               {"1.jpg", {{"two", "men", "sit", "on", "a", "bench"}}}};

BleuTotals times(const BleuTotals& totals, std::int64_t factor) {
  BleuTotals result = totals;
  result.hypothesis_length *= factor;
  result.reference_length *= factor;
  for (auto& n : result.ngrams) n *= factor;
  for (auto& m : result.matched) m *= factor;
  return result;
}

/// The change of log BLEU-4 of the whole draw when a caption's share of it grows, by a small difference.
void check_against_slope(const std::vector<std::size_t>& images, const std::vector<Tokens>& captions) {
  std::vector<BleuTotals> counts;
  BleuTotals sum;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    counts.push_back(metrics::bleu_totals({"", captions[i], kTraining[images[i]].captions}));
    sum += counts.back();
  }
  constexpr std::int64_t kMany = 1'000'000;
  const auto rewards = SequenceReward(kTraining, 0)(images, captions);
  REQUIRE(rewards.size() == captions.size());
  for (std::size_t i = 0; i < captions.size(); ++i) {
    CAPTURE(i);
    BleuTotals more = times(sum, kMany);
    more += counts[i];
    const double slope =
        (std::log(metrics::bleu_score(more)[3]) - std::log(metrics::bleu_score(times(sum, kMany))[3])) *
        static_cast<double>(kMany) * static_cast<double>(captions.size());
    CHECK(rewards[i] == doctest::Approx(slope).epsilon(1e-3));
  }
}

}  // namespace

TEST_CASE("a caption's reward is the slope of the draw's log BLEU-4") {
  SUBCASE("of a draw that is long enough") {
    check_against_slope({0, 0, 1}, {{"a", "dog", "runs", "on", "the", "grass", "today"},
                                    {"a", "cat", "runs", "on", "the", "grass", "and", "sand"},
                                    {"two", "men", "sit", "on", "a", "bench", "and", "sit"}});
  }
  SUBCASE("of one that is too short") {
    check_against_slope({0, 1, 1}, {{"a", "dog", "runs", "on", "the"}, {"two", "men", "sit", "on"}, {"men"}});
  }
}

TEST_CASE("the better of two captions is paid more") {
  const auto rewards = SequenceReward(kTraining, 1)(
      {1, 1}, {{"two", "men", "sit", "on", "a", "bench"}, {"a", "dog", "sit", "sit", "sit", "a"}});
  CHECK(rewards[0] > rewards[1] + 1);
}

TEST_CASE("CIDEr-D is paid as much as its weight says") {
  const std::vector<std::size_t> images{0, 1};
  const std::vector<Tokens> captions{{"the", "dog", "runs"}, {"two", "men"}};
  const auto without = SequenceReward(kTraining, 0)(images, captions);
  const auto once = SequenceReward(kTraining, 1)(images, captions);
  const auto thrice = SequenceReward(kTraining, 3)(images, captions);
  CHECK(once[0] > without[0]);
  for (std::size_t i = 0; i < 2; ++i) CHECK(thrice[i] - without[i] == doctest::Approx(3 * (once[i] - without[i])));
}

TEST_CASE("captions without a word, or without any match, have finite rewards") {
  for (const double reward : SequenceReward(kTraining, 1)({0, 1}, {{}, {"zebra"}})) CHECK(std::isfinite(reward));
}

TEST_CASE("an advantage is the reward less the mean of the image's other draws") {
  const auto advantage = leave_one_out_advantage({1, 2, 6, 5, 5, 5}, 3);
  const std::vector<double> expected{-3, -1.5, 4.5, 0, 0, 0};
  REQUIRE(advantage.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) CHECK(advantage[i] == doctest::Approx(expected[i]));
}
