#include "models/sampling.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include "core/vocabulary.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::sample_captions;
using torch::Tensor;

TEST_CASE("words are drawn as often as they are likely") {
  const auto decoder = test::tiny_decoder(1);
  torch::manual_seed(1);
  const Tensor annotations = torch::randn({1, 4, 6});
  const torch::NoGradGuard no_gradient;
  const auto step = decoder->step(decoder->look(annotations), decoder->initial_state(annotations),
                                  torch::full({1, 1}, Vocabulary::kStart, torch::kLong));
  Tensor logits = step.logits[0][0].clone();
  for (const auto never : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) {
    logits[never] = -std::numeric_limits<float>::infinity();
  }
  const Tensor p = logits.softmax(0);

  constexpr int kDraws = 4000;
  std::map<std::int64_t, int> counts;
  const auto drawn = sample_captions(*decoder, annotations, kDraws, 1);
  for (const auto& caption : drawn[0]) ++counts[caption[1]];
  for (std::int64_t word = 0; word < 12; ++word) {
    CAPTURE(word);
    const double expected = p[word].item<double>();
    const double deviation = std::sqrt(kDraws * expected * (1 - expected));
    CHECK(std::abs(counts[word] - kDraws * expected) <= 5 * deviation);
  }
}

TEST_CASE("drawn captions begin with <start>, hold no other special, and end or are as long as may be") {
  const auto decoder = test::tiny_decoder(2);
  test::set_output_bias(*decoder, Vocabulary::kUnknown, 20);
  torch::manual_seed(2);
  const auto drawn = sample_captions(*decoder, torch::randn({3, 4, 6}), 40, 5);
  REQUIRE(drawn.size() == 3);
  int ended = 0;
  int cut = 0;
  for (const auto& captions : drawn) {
    REQUIRE(captions.size() == 40);
    for (const auto& caption : captions) {
      CHECK(caption.front() == Vocabulary::kStart);
      const bool ends = caption.back() == Vocabulary::kEnd;
      (ends ? ended : cut) += 1;
      for (std::size_t t = 1; t + (ends ? 1 : 0) < caption.size(); ++t) CHECK(caption[t] >= Vocabulary::kSpecials);
      CHECK(caption.size() >= 2);
      CHECK(caption.size() <= (ends ? 7 : 6));
      if (!ends) CHECK(caption.size() == 6);
    }
  }
  CHECK(ended > 0);
  CHECK(cut > 0);
}

TEST_CASE("a seed decides what is drawn") {
  const auto decoder = test::tiny_decoder(3);
  torch::manual_seed(3);
  const Tensor annotations = torch::randn({2, 4, 6});
  const auto draw = [&](std::uint64_t seed) {
    torch::manual_seed(seed);
    return sample_captions(*decoder, annotations, 5, 8);
  };
  CHECK(draw(1) == draw(1));
  CHECK(draw(1) != draw(2));
}

TEST_CASE("every image's captions are drawn from that image") {
  const auto decoder = test::tiny_decoder(4);
  torch::manual_seed(4);
  const Tensor annotations = torch::randn({2, 4, 6}) * 3;
  const torch::NoGradGuard no_gradient;
  torch::manual_seed(5);
  const auto together = sample_captions(*decoder, annotations, 2000, 1);
  for (std::int64_t n = 0; n < 2; ++n) {
    const Tensor alone = annotations.narrow(0, n, 1);
    const auto step = decoder->step(decoder->look(alone), decoder->initial_state(alone),
                                    torch::full({1, 1}, Vocabulary::kStart, torch::kLong));
    Tensor logits = step.logits[0][0].clone();
    for (const auto never : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) logits[never] = -1e9;
    const double likely = logits.softmax(0).max().item<double>();
    const std::int64_t word = logits.argmax().item<std::int64_t>();
    int count = 0;
    for (const auto& caption : together[static_cast<std::size_t>(n)]) count += caption[1] == word ? 1 : 0;
    CHECK(std::abs(count - 2000 * likely) <= 5 * std::sqrt(2000 * likely * (1 - likely)) + 1);
  }
}
