#include "models/decoder/reference_maps.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using torch::Tensor;

TEST_CASE("the maps of given captions equal those of individual steps") {
  for (const char* attention : {"soft", "hard"}) {
    CAPTURE(attention);
    test::DecoderPlan plan = test::tiny_plan();
    plan.options.attention.attention = attention;
    const auto decoder = test::tiny_decoder(8, plan);
    const torch::NoGradGuard no_gradient;
    test::parameter(*decoder, "attention.weighting.score.v").mul_(5);
    torch::manual_seed(9);
    const Tensor annotations = 2 * torch::randn({2, 4, 6});
    const std::vector<std::vector<std::int64_t>> captions{{1, 4, 2}, {1, 6, 5, 7, 2}, {1, 2}, {1, 5, 4, 2}};
    const std::vector<std::int64_t> images{1, 0, 1, 1};

    const auto maps = models::reference_maps(*decoder, annotations, captions, images);
    REQUIRE(maps.size() == captions.size());
    for (std::size_t i = 0; i < captions.size(); ++i) {
      CAPTURE(i);
      const std::size_t words = captions[i].size() - 2;
      REQUIRE(maps[i].size() == 4 * words);
      const Tensor image = annotations.narrow(0, images[i], 1);
      const auto encoded = decoder->precompute(image);
      auto state = decoder->start(encoded);
      for (std::size_t t = 0; t < words; ++t) {
        const auto step = decoder->step(encoded, state, torch::full({1, 1}, captions[i][t], torch::kLong));
        for (std::size_t cell = 0; cell < 4; ++cell) {
          const auto alpha = step.log_alpha.exp()[0][0][0][static_cast<std::int64_t>(cell)].item<float>();
          CHECK(std::abs(maps[i][4 * t + cell] - alpha) < 1e-5);
        }
        state = step.state;
      }
    }
    CHECK(models::reference_maps(*decoder, annotations, {}, {}).empty());
  }
}
