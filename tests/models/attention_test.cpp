#include "models/attention.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "models/alignment.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::Precision;
using test::difference;
using torch::Tensor;

TEST_CASE("soft attention: the weights are positive and sum to one, the context is the weighted sum of the cells") {
  torch::manual_seed(1);
  const Tensor scores = 3 * torch::randn({2, 3, 4});
  const Tensor annotations = torch::randn({2, 4, 5});
  const auto glimpse = models::make_attention("soft")->attend(scores, annotations);
  CHECK(glimpse.alpha.sizes() == torch::IntArrayRef({2, 3, 4}));
  CHECK(glimpse.alpha.min().item<float>() > 0);
  CHECK(difference(glimpse.alpha.sum(-1), torch::ones({2, 3})) < 1e-6);
  for (int n = 0; n < 2; ++n) {
    for (int k = 0; k < 3; ++k) {
      Tensor context = torch::zeros({5});
      for (int i = 0; i < 4; ++i) context += glimpse.alpha[n][k][i] * annotations[n][i];
      CHECK(difference(glimpse.context[n][k], context) < 1e-6);
    }
  }
}

TEST_CASE("soft attention: a cell that scores ln 3 more than another weighs three times as much") {
  const auto glimpse =
      models::SoftAttention().attend(torch::tensor({{{std::log(3.0), 0.0}}}), torch::tensor({{{4.0}, {8.0}}}));
  CHECK(difference(glimpse.alpha, torch::tensor({{{0.75, 0.25}}})) < 1e-6);
  CHECK(difference(glimpse.context, torch::tensor({{{5.0}}})) < 1e-6);
}

TEST_CASE("soft attention: huge scores do not overflow") {
  const auto alpha = models::SoftAttention().attend(torch::tensor({{{1e4F, 0.0F}}}), torch::ones({1, 2, 1})).alpha;
  CHECK(difference(alpha, torch::tensor({{{1.0F, 0.0F}}})) == 0);
}

TEST_CASE("the additive score is v^T tanh(W_h h + W_a a_i + b)") {
  models::AdditiveScore score({/*hidden=*/1, /*annotation=*/1, /*width=*/2, /*cells=*/2});
  {
    const torch::NoGradGuard no_gradient;
    score.from_annotation.copy_(torch::tensor({{1.0F}, {0.5F}}));
    score.from_hidden.copy_(torch::tensor({{2.0F}, {-1.0F}}));
    score.bias.copy_(torch::tensor({0.1F, 0.0F}));
    score.v.copy_(torch::tensor({1.0F, -2.0F}));
  }
  const Tensor annotations = torch::tensor({{{1.0F}, {-1.0F}}});  // two cells
  const Tensor hidden = torch::tensor({{{0.5F}}});
  const Tensor scores = score.score(hidden, score.keys(annotations, Precision::kFloat32));
  REQUIRE(scores.sizes() == torch::IntArrayRef({1, 1, 2}));
  // tanh(1 + 1 + 0.1) - 2 tanh(0.5 - 0.5), tanh(-1 + 1 + 0.1) - 2 tanh(-0.5 - 0.5)
  CHECK(scores[0][0][0].item<double>() == doctest::Approx(0.970452).epsilon(1e-5));
  CHECK(scores[0][0][1].item<double>() == doctest::Approx(0.099668 + 2 * 0.761594).epsilon(1e-5));
}

TEST_CASE("each caption of an image is scored as if it were alone") {
  torch::manual_seed(2);
  const auto score = models::make_alignment("additive", {3, 4, 5, 6});
  const Tensor annotations = torch::randn({2, 6, 4});
  const Tensor hidden = torch::randn({2, 3, 3});
  const Tensor keys = score->keys(annotations, Precision::kFloat32);
  CHECK(keys.sizes() == torch::IntArrayRef({2, 6, 5}));
  const Tensor together = score->score(hidden, keys);
  REQUIRE(together.sizes() == torch::IntArrayRef({2, 3, 6}));
  for (int n = 0; n < 2; ++n) {
    for (int k = 0; k < 3; ++k) {
      const Tensor alone = score->score(hidden[n][k].view({1, 1, 3}), keys[n].unsqueeze(0));
      CHECK(difference(together[n][k], alone[0][0]) < 1e-6);
    }
  }
}

TEST_CASE("an unknown attention or alignment score is refused, and the choices are named") {
  CHECK_THROWS_WITH_AS(models::make_attention("blind"), doctest::Contains("no attention 'blind'; choose one of soft"),
                       Error);
  CHECK_THROWS_WITH_AS(models::make_alignment("blind", {1, 1, 1, 1}),
                       doctest::Contains("no alignment score 'blind'; choose one of additive"), Error);
  for (const auto& name : models::attention_names()) CHECK_NOTHROW(models::make_attention(name));
  for (const auto& name : models::alignment_names()) CHECK_NOTHROW(models::make_alignment(name, {1, 1, 1, 1}));
}
