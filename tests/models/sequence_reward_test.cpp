#include "models/sequence_reward.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace saccade;
using metrics::Tokens;
using models::leave_one_out_advantage;
using models::SequenceReward;

namespace {

const CaptionDataset kTraining{{"0.jpg", {{"a", "dog", "runs", "on", "the", "grass"}, {"the", "dog", "runs"}}},
                               {"1.jpg", {{"two", "men", "sit", "on", "a", "bench"}}}};

}  // namespace

TEST_CASE("a reference that ends is worth all that CIDEr-D can give, and nonsense nothing") {
  const SequenceReward reward(kTraining);
  CHECK(reward(1, {"two", "men", "sit", "on", "a", "bench"}, true) == doctest::Approx(10));
  CHECK(reward(1, {"dog", "grass", "runs"}, false) == doctest::Approx(0));
}

TEST_CASE("a sentence that breaks off is worth less than the same one with its end") {
  const SequenceReward reward(kTraining);
  const Tokens broken{"a", "dog", "runs", "on", "the", "grass"};
  CHECK(reward(0, broken, false) < reward(0, broken, true));
}

TEST_CASE("the reward is by the captions of the image it is asked for") {
  const SequenceReward reward(kTraining);
  const Tokens caption{"two", "men", "sit", "on", "a", "bench"};
  CHECK(reward(1, caption, true) > reward(0, caption, true) + 5);
}

TEST_CASE("captions without a word, or without any match, are worth nothing") {
  const SequenceReward reward(kTraining);
  CHECK(reward(0, {}, false) == doctest::Approx(0));
  CHECK(reward(1, {"zebra"}, false) == doctest::Approx(0));
}

TEST_CASE("an advantage is the reward less the mean of the image's other draws") {
  const auto advantage = leave_one_out_advantage({1, 2, 6, 5, 5, 5}, 3);
  const std::vector<double> expected{-3, -1.5, 4.5, 0, 0, 0};
  REQUIRE(advantage.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) CHECK(advantage[i] == doctest::Approx(expected[i]));
}
