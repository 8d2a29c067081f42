#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "core/text/vocabulary.hpp"
#include "models/decoder/beam_search.hpp"
#include "tests/models/tiny_model.hpp"

// Compares beam search with an exhaustive search over a tiny vocabulary.

using namespace saccade;
using models::Decoder;
using models::SearchOptions;
using torch::Tensor;

namespace {

struct Listed {
  std::vector<std::int64_t> words;
  double log_probability;
};

/// All captions that the rules allow, found by depth-first search.
class Enumeration {
 public:
  Enumeration(Decoder& decoder, const Tensor& annotations, const SearchOptions& options)
      : decoder_(decoder), options_(options), encoded_(decoder.precompute(annotations)) {
    walk(decoder.start(decoder.precompute(annotations)), {}, 0);
  }

  std::vector<Listed> all;

 private:
  void walk(const models::State& state, const std::vector<std::int64_t>& words, double total) {
    const auto length = static_cast<int>(words.size());
    const std::int64_t previous = words.empty() ? Vocabulary::kStart : words.back();
    const auto step = decoder_.step(encoded_, state, torch::full({1, 1}, previous, torch::kLong));
    const Tensor log_p = at::log_softmax(step.logits[0][0], -1);
    if (length >= options_.min_length) all.push_back({words, total + log_p[Vocabulary::kEnd].item<double>()});
    if (length == options_.max_length) return;
    for (std::int64_t word = Vocabulary::kSpecials; word < log_p.size(0); ++word) {
      if (word == previous) continue;
      auto longer = words;
      longer.push_back(word);
      walk(step.state, longer, total + log_p[word].item<double>());
    }
  }

  Decoder& decoder_;
  const SearchOptions& options_;
  models::EncoderMemory encoded_;
};

}  // namespace

TEST_CASE("a wide beam finds every caption in the order of scores") {
  auto plan = test::tiny_plan();
  plan.shape.vocabulary = Vocabulary::kSpecials + 3;
  SearchOptions options;
  options.max_length = 4;
  options.length_penalty = 0.7;
  for (const int least : {0, 2}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      CAPTURE(least);
      CAPTURE(seed);
      options.min_length = least;
      const auto decoder = test::tiny_decoder(seed, plan);
      torch::manual_seed(seed + 100);
      const Tensor annotations = torch::randn({1, 4, 6});
      const torch::NoGradGuard no_gradient;
      auto expected = Enumeration(*decoder, annotations, options).all;
      // 1 + 3 + 6 + 12 + 24 captions of no word, one word and so on; fewer with a minimum length.
      REQUIRE(expected.size() == (least == 0 ? 46 : 42));
      const auto score = [&](const Listed& caption) {
        return caption.log_probability / std::pow(caption.words.size() + 1, options.length_penalty);
      };
      std::sort(expected.begin(), expected.end(), [&](const auto& a, const auto& b) { return score(a) > score(b); });

      options.beam = 100;
      const auto found = models::beam_search(*decoder, annotations, options)[0];
      REQUIRE(found.size() == expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].words == expected[i].words);
        CHECK(found[i].log_probability == doctest::Approx(expected[i].log_probability).epsilon(1e-4));
      }
    }
  }
}
