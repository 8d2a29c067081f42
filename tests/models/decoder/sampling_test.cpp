#include "models/decoder/sampling.hpp"

#include <cmath>
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include "core/text/vocabulary.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::SampledCaptions;
using models::SamplingOptions;
using test::difference;
using torch::Tensor;

namespace {

/// Copies of one image's annotations, so that one call samples many captions.
Tensor copies_of_one(std::int64_t images) {
  torch::manual_seed(4);
  return torch::randn({1, 4, 6}).expand({images, 4, 6}).contiguous();
}

}  // namespace

TEST_CASE("the sampling distribution contains only the most probable words") {
  // Words 0, 1 and 3 are never generated, whatever their logits. Three of the others are kept.
  const Tensor logits = torch::tensor({{9.0, 9.0, 1.0, 9.0, 3.0, 2.0, 0.0}}, torch::kDouble);
  const Tensor p = models::sampling_log_probabilities(logits, 3).exp();
  const double all = std::exp(1) + std::exp(3) + std::exp(2);
  CHECK(difference(p, torch::tensor({{0.0, 0.0, std::exp(1) / all, 0.0, std::exp(3) / all, std::exp(2) / all, 0.0}},
                                    torch::kDouble)) < 1e-12);
  const Tensor kept = models::sampling_log_probabilities(logits, 1, torch::tensor({5}, torch::kLong)).exp();
  const double both = std::exp(3) + std::exp(2);
  CHECK(difference(kept[0], torch::tensor({0.0, 0.0, 0.0, 0.0, std::exp(3) / both, std::exp(2) / both, 0.0},
                                          torch::kDouble)) < 1e-12);
  CHECK(models::sampling_log_probabilities(logits, 1000).exp().sum().item<double>() == doctest::Approx(1));
}

TEST_CASE("captions are sampled with their probabilities") {
  const auto decoder = test::tiny_decoder(3);
  decoder->eval();
  torch::manual_seed(1);
  constexpr std::int64_t kImages = 400;
  SamplingOptions options;
  options.captions = 25;
  options.max_length = 2;
  const Tensor annotations = copies_of_one(kImages);
  const SampledCaptions drawn = models::sample_captions(*decoder, annotations, options);
  REQUIRE(drawn.words.size() == 10000);
  CHECK(drawn.cells.empty());
  std::map<std::int64_t, double> share;
  for (const auto& caption : drawn.words) {
    REQUIRE(caption.size() >= 2);
    REQUIRE(caption.size() <= 3);
    CHECK(caption.front() == Vocabulary::kStart);
    CHECK((caption.back() == Vocabulary::kEnd || caption.size() == 3));
    share[caption[1]] += 1e-4;
  }
  const torch::NoGradGuard no_gradient;
  const auto batch = models::pack({{1, 4}}, {0});
  models::UnrollOptions plain;
  plain.word_dropout = plain.dropout = 0;
  const Tensor first = decoder->unroll(annotations.narrow(0, 0, 1), batch, plain).logits;
  const Tensor p = models::sampling_log_probabilities(first, options.words).exp();
  for (std::int64_t word = 0; word < p.size(1); ++word) {
    CAPTURE(word);
    CHECK(std::abs(share[word] - p[0][word].item<double>()) < 0.02);  // four standard deviations for p = 0.5
  }
}

TEST_CASE("with hard attention, cells are sampled with the words") {
  auto plan = test::tiny_plan();
  plan.set("attention", "hard");
  const auto decoder = test::tiny_decoder(3, plan);
  decoder->eval();
  torch::manual_seed(2);
  const SampledCaptions drawn = models::sample_captions(*decoder, copies_of_one(3), {4, 100, 6});
  REQUIRE(drawn.cells.size() == 12);
  bool moved = false;
  for (std::size_t i = 0; i < drawn.cells.size(); ++i) {
    CHECK(drawn.cells[i].size() == drawn.words[i].size() - 1);  // one per predicted word, including <end>
    for (const std::int64_t cell : drawn.cells[i]) {
      CHECK(cell >= 0);
      CHECK(cell < 4);
      moved = moved || cell != drawn.cells[0][0];
    }
  }
  CHECK(moved);
}
