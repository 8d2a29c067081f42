#include "models/attention/forced_map.hpp"

#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/decoder/beam_search.hpp"
#include "tests/models/tiny_model.hpp"

// Tests of maps that replace a decoder's own maps.

using namespace saccade;
using models::ForcedMap;
using models::MapForcer;
using test::difference;
using torch::Tensor;

namespace {

Tensor forced(ForcedMap map, const Tensor& log_alpha) {
  return MapForcer(map, 1).replace(log_alpha).exp();
}

/// All attention mechanisms, in decoders of both architectures.
std::vector<test::DecoderPlan> plans() {
  std::vector<test::DecoderPlan> plans;
  for (const auto& [decoder, weighting, attention] :
       std::vector<std::tuple<const char*, const char*, const char*>>{{"lstm", "global", "soft"},
                                                                      {"lstm", "global", "hard"},
                                                                      {"lstm", "local-m", "soft"},
                                                                      {"lstm", "local-p", "hard"},
                                                                      {"lstm", "hierarchical", "soft"},
                                                                      {"lstm", "multi-head", "hard"},
                                                                      {"transformer", "multi-head", "soft"},
                                                                      {"transformer", "local-m", "hard"}}) {
    test::DecoderPlan plan = test::tiny_plan();
    plan.set("decoder", decoder);
    plan.set("weighting", weighting);
    plan.options.attention.attention = attention;
    if (std::string(weighting) == "multi-head") {
      plan.options.attention.alignment = "scaled-dot";
      plan.options.attention.alignment_width = 6;
      plan.set("heads", "2");
    }
    plans.push_back(plan);
  }
  return plans;
}

/// Annotations of two images of four cells. Each cell of the second image is the mean of the cells of the first.
Tensor cells_and_their_mean() {
  torch::manual_seed(4);
  const Tensor cells = torch::randn({1, 4, 6});
  return at::cat({cells, cells.mean(1, /*keepdim=*/true).expand({1, 4, 6})});
}

/// The logits of the first word of each image, [2, V].
Tensor first_logits(models::Decoder& decoder, const Tensor& annotations) {
  const torch::NoGradGuard no_gradient;
  const auto encoded = decoder.precompute(annotations);
  return decoder.step(encoded, decoder.start(encoded), torch::ones({2, 1}, torch::kLong)).logits.squeeze(1);
}

}  // namespace

TEST_CASE("a uniform map has equal weights, and the least map selects the smallest alpha") {
  const Tensor log_alpha = torch::tensor({{{0.2F, 0.1F, 0.7F}, {0.3F, 0.4F, 0.3F}}}).log();
  CHECK(difference(forced(ForcedMap::kUniform, log_alpha), torch::full({1, 2, 3}, 1.0 / 3)) < 1e-6);
  CHECK(forced(ForcedMap::kLeast, log_alpha).equal(torch::tensor({{{0.0F, 1.0F, 0.0F}, {1.0F, 0.0F, 0.0F}}})));
}

TEST_CASE("a random map selects cells uniformly and depends only on the seed") {
  constexpr int kDraws = 20000;
  MapForcer forcer(ForcedMap::kRandom, 7);
  const Tensor alpha = forcer.replace(torch::zeros({kDraws, 1, 5})).exp();
  CHECK(alpha.sum(-1).eq(1).all().item<bool>());
  CHECK(alpha.amax(-1).eq(1).all().item<bool>());
  const Tensor count = alpha.sum(0).squeeze(0);
  double chi_squared = 0;
  for (int i = 0; i < 5; ++i) {
    const double seen = count[i].item<double>() - kDraws / 5.0;
    chi_squared += seen * seen / (kDraws / 5.0);
  }
  CHECK(chi_squared < 18.5);  // 4 degrees of freedom, p = 0.001
  CHECK(MapForcer(ForcedMap::kRandom, 7).replace(torch::zeros({kDraws, 1, 5})).exp().equal(alpha));
  CHECK_FALSE(forcer.replace(torch::zeros({kDraws, 1, 5})).exp().equal(alpha));
}

TEST_CASE("with a uniform map, every mechanism reads the mean annotation") {
  for (test::DecoderPlan& plan : plans()) {
    CAPTURE(plan.options.decoder.name());
    CAPTURE(plan.options.attention.weighting.name());
    CAPTURE(plan.options.attention.attention);
    const auto decoder = test::tiny_decoder(3, plan);
    const Tensor annotations = cells_and_their_mean();
    // If all cells equal the mean, any map gives the mean. With a uniform map, both images must give the same logits.
    const Tensor own = first_logits(*decoder, annotations);
    CHECK(difference(own[0], own[1]) > 1e-4);
    decoder->force(std::make_shared<MapForcer>(ForcedMap::kUniform, 1));
    const Tensor uniform = first_logits(*decoder, annotations);
    CHECK(difference(uniform[0], uniform[1]) < 1e-5);
    CHECK(difference(uniform[1], own[1]) < 1e-5);
    decoder->force(nullptr);
    CHECK(difference(first_logits(*decoder, annotations), own) == 0);
  }
}

TEST_CASE("captions contain the forced maps") {
  for (test::DecoderPlan& plan : plans()) {
    CAPTURE(plan.options.decoder.name());
    CAPTURE(plan.options.attention.weighting.name());
    const auto decoder = test::tiny_decoder(3, plan);
    decoder->force(std::make_shared<MapForcer>(ForcedMap::kRandom, 1));
    for (const auto& hypotheses : models::beam_search(*decoder, cells_and_their_mean(), {})) {
      const auto& alpha = hypotheses.front().alpha;
      CHECK(alpha.size() == hypotheses.front().words.size() * 4 * static_cast<std::size_t>(decoder->maps().maps()));
      for (const float weight : alpha) CHECK((weight == 0 || weight == 1));
    }
  }
}

TEST_CASE("a map cannot be forced on a decoder without attention") {
  test::DecoderPlan plan = test::tiny_plan();
  plan.options.attention.attention = "none";
  const auto decoder = test::tiny_decoder(3, plan);
  CHECK_THROWS_AS(decoder->force(std::make_shared<MapForcer>(ForcedMap::kLeast, 1)), Error);
}
