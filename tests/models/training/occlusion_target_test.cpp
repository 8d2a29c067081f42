#include "models/training/occlusion_target.hpp"

#include <cmath>
#include <random>

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"
#include "tests/models/tiny_training.hpp"

using namespace saccade;
using test::difference;
using torch::Tensor;

TEST_CASE("a block is a rectangle at any position with a fifth to a half of the rows and of the columns") {
  const Grid grid{14, 10};
  std::mt19937_64 random(1);
  const Tensor hidden = models::draw_blocks(grid, 500, random).view({500, 14, 10});
  CHECK(hidden.any(0).all().item<bool>());  // each cell is hidden at least once
  for (std::int64_t i = 0; i < 500; ++i) {
    const auto rows = hidden[i].any(1).sum().item<std::int64_t>(),
               columns = hidden[i].any(0).sum().item<std::int64_t>();
    CHECK(rows >= 2);
    CHECK(rows <= 7);
    CHECK(columns >= 2);
    CHECK(columns <= 5);
    CHECK(hidden[i].sum().item<std::int64_t>() == rows * columns);
  }
  CHECK(models::draw_blocks({1, 1}, 2, random).all().item<bool>());
}

TEST_CASE("the drop of a word is its loss of log-probability, at least 0") {
  const auto model = test::tiny_captioner({"dog", "runs", "on", "grass"}, 1);
  model.decoder->eval();
  const auto batch = models::pack({{1, 4, 5, 2}, {1, 7, 6, 5, 2}}, {0, 1});
  torch::manual_seed(5);
  const Tensor whole = 3 * torch::randn({2, 4, model.encoder->annotation_width()});
  const Tensor occluded = 3 * torch::randn_like(whole);
  const auto drops = [&](const Tensor& one, const Tensor& other) {
    return models::occlusion_drops(model, one, other, batch, models::Precision::kFloat32);
  };
  const Tensor lost = drops(whole, occluded), gained = drops(occluded, whole);
  CHECK(lost.sizes() == batch.targets.sizes());
  CHECK(lost.max().item<float>() > 1e-3);
  CHECK(gained.max().item<float>() > 1e-3);
  CHECK((lost * gained).abs().max().item<float>() == 0);  // each word has a loss or a gain, not both
  CHECK(drops(whole, whole).abs().max().item<float>() == 0);
}

TEST_CASE("the occlusion loss is the weighted negative log of the weight in the block") {
  const Tensor alpha = torch::tensor({{{0.7, 0.1, 0.1, 0.1}}, {{0.4, 0.3, 0.2, 0.1}}, {{0.25, 0.25, 0.25, 0.25}}});
  const Tensor hidden = torch::tensor({{1, 1, 0, 0}, {0, 0, 1, 1}, {1, 0, 0, 0}}).to(torch::kBool);
  const auto term = [&](const std::vector<float>& drops) {
    return models::occlusion_loss(alpha.log(), torch::tensor(drops), hidden, 1).item<double>();
  };
  CHECK(term({1, 0, 0}) == doctest::Approx(-std::log(0.8)));
  CHECK(term({1, 3, 0}) == doctest::Approx(-(std::log(0.8) + 3 * std::log(0.3)) / 4));
  CHECK(term({0, 0, 0}) == 0);
  const Tensor two =
      torch::stack({alpha.squeeze(1), torch::ones({3, 4}) / 4}, 1);  // the first map belongs to another layer
  CHECK(models::occlusion_loss(two.log(), torch::ones({3}), hidden, 1).item<double>() ==
        doctest::Approx(-(2 * std::log(0.5) + std::log(0.25)) / 3));
}

TEST_CASE("fine-tuning adds the occlusion loss for soft and hard attention") {
  for (const char* attention : {"soft", "hard"}) {
    CAPTURE(attention);
    double losses[2];
    for (const int weighted : {0, 1}) {
      test::TinyTraining training;
      training.model.decoder->set_attention(attention);
      training.options.frozen.epochs = 1;
      training.options.fine_tuning = {1, 1e-4, 0};
      training.options.loss.occlusion_weight = weighted;
      const auto history = training.train();
      REQUIRE(history.size() == 2);
      losses[weighted] = history[1].loss;
    }
    CHECK(losses[1] > losses[0]);  // the occlusion term is added
  }
}
