#include "models/attention/alignment.hpp"

#include <cmath>
#include <initializer_list>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/attention/alignment/additive.hpp"
#include "models/attention/alignment/content.hpp"
#include "models/attention/alignment/dot.hpp"
#include "models/attention/alignment/general.hpp"
#include "models/attention/alignment/location.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::Precision;
using test::difference;
using torch::Tensor;

namespace {

/// Sets the values of a parameter.
void assign(const Tensor& parameter, const Tensor& values) {
  const torch::NoGradGuard no_gradient;
  REQUIRE(parameter.sizes() == values.sizes());
  parameter.detach().copy_(values);
}

/// The scores of one caption of one image.
Tensor scores(models::AlignmentScore& score, const Tensor& hidden, const Tensor& annotations) {
  const Tensor result = score.score(hidden.view({1, 1, -1}), score.keys(annotations.unsqueeze(0), Precision::kFloat32));
  REQUIRE(result.sizes() == torch::IntArrayRef({1, 1, annotations.size(0)}));
  return result[0][0];
}

void check(const Tensor& result, std::initializer_list<double> expected) {
  std::int64_t cell = 0;
  for (const double value : expected) CHECK(result[cell++].item<double>() == doctest::Approx(value).epsilon(1e-5));
}

// Two cells of width 3 and a state of width 2. Scores with projections project both to width 2.
const Tensor kAnnotations = torch::tensor({{1.0F, 2.0F, 0.0F}, {0.0F, -1.0F, 3.0F}});
const Tensor kHidden = torch::tensor({0.5F, -1.0F});
const models::AlignmentShape kShape{/*hidden=*/2, /*annotation=*/3, /*width=*/2, /*cells=*/2};

/// W_h h = (0.5 - 2, 0.5 + 1) = (-1.5, 1.5); W_a a_1 = (1 + 2, 0 - 2) = (3, -2), W_a a_2 = (-1 + 6, 0 + 1) = (5, 1).
void set_projections(const models::DotScore& score) {
  assign(score.from_hidden, torch::tensor({{1.0F, 2.0F}, {1.0F, -1.0F}}));
  assign(score.from_annotation, torch::tensor({{1.0F, 1.0F, 2.0F}, {0.0F, -1.0F, 0.0F}}));
}

}  // namespace

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

TEST_CASE("the dot score is (W_h h)^T (W_a a_i), and h^T a_i where the widths agree") {
  models::DotScore projected(kShape);
  set_projections(projected);
  check(scores(projected, kHidden, kAnnotations), {-1.5 * 3 + 1.5 * -2, -1.5 * 5 + 1.5 * 1});

  models::DotScore plain({/*hidden=*/3, /*annotation=*/3, /*width=*/2, /*cells=*/2});
  CHECK(plain.parameters().empty());
  check(scores(plain, torch::tensor({2.0F, -1.0F, 0.5F}), kAnnotations), {2.0 - 2.0, 1.0 + 1.5});
}

TEST_CASE("the scaled dot score is the dot score divided by the square root of the width") {
  models::ScaledDotScore projected(kShape);
  set_projections(projected);
  check(scores(projected, kHidden, kAnnotations), {-7.5 / std::sqrt(2.0), -6 / std::sqrt(2.0)});

  models::ScaledDotScore plain({/*hidden=*/3, /*annotation=*/3, /*width=*/2, /*cells=*/2});
  check(scores(plain, torch::tensor({2.0F, -1.0F, 0.5F}), kAnnotations), {0, 2.5 / std::sqrt(3.0)});
}

TEST_CASE("the general score is h^T W a_i") {
  models::GeneralScore score(kShape);
  assign(score.weight, torch::tensor({{1.0F, 0.0F, 2.0F}, {0.0F, 1.0F, -1.0F}}));
  // W a_1 = (1, 2), W a_2 = (6, -1 - 3)
  check(scores(score, kHidden, kAnnotations), {0.5 * 1 - 2, 0.5 * 6 + 4});
}

TEST_CASE("the content-based score is the cosine similarity times the key strength") {
  models::ContentScore score(kShape);
  set_projections(score);
  assign(score.log_strength, torch::tensor({std::log(4.0F)}));
  const double h = std::sqrt(1.5 * 1.5 + 1.5 * 1.5);
  check(scores(score, kHidden, kAnnotations), {4 * -7.5 / (h * std::sqrt(13.0)), 4 * -6.0 / (h * std::sqrt(26.0))});
  // The score is independent of lengths. A zero state scores 0 without a division by zero.
  check(scores(score, 7 * kHidden, 0.1 * kAnnotations),
        {4 * -7.5 / (h * std::sqrt(13.0)), 4 * -6.0 / (h * std::sqrt(26.0))});
  check(scores(score, torch::zeros({2}), kAnnotations), {0, 0});
}

TEST_CASE("the location-based score is W h + b, independent of the image") {
  models::LocationScore score(kShape);
  assign(score.weight, torch::tensor({{1.0F, 2.0F}, {-3.0F, 0.5F}}));
  assign(score.bias, torch::tensor({0.25F, 0.0F}));
  for (const Tensor& annotations : {kAnnotations, -5 * kAnnotations}) {
    check(scores(score, kHidden, annotations), {0.5 - 2 + 0.25, -1.5 - 0.5});
  }
}

TEST_CASE("captions of an image are scored independently") {
  for (const auto& name : models::alignment_registry().names()) {
    CAPTURE(name);
    torch::manual_seed(2);
    const auto score = models::make_alignment(name, {3, 4, 5, 6});
    const Tensor annotations = torch::randn({2, 6, 4});
    const Tensor hidden = torch::randn({2, 3, 3});
    const Tensor keys = score->keys(annotations, Precision::kFloat32);
    const Tensor together = score->score(hidden, keys);
    REQUIRE(together.sizes() == torch::IntArrayRef({2, 3, 6}));
    for (int n = 0; n < 2; ++n) {
      for (int k = 0; k < 3; ++k) {
        const Tensor alone = score->score(hidden[n][k].view({1, 1, 3}), keys[n].unsqueeze(0));
        CHECK(difference(together[n][k], alone[0][0]) < 1e-5);
      }
    }
  }
}

TEST_CASE("an unknown alignment score is refused with the list of names") {
  CHECK_THROWS_WITH_AS(
      models::make_alignment("blind", {1, 1, 1, 1}),
      doctest::Contains("'blind'; choose one of additive, content, dot, scaled-dot, general, location"), Error);
}

TEST_CASE("has_affine_keys() tells whether the keys are affine in the annotations") {
  torch::manual_seed(9);
  const Tensor annotations = torch::randn({1, 4, 5});
  for (const auto& name : models::alignment_registry().names()) {
    for (const std::int64_t hidden : {5, 6}) {  // equal to the width of the annotations, and different
      CAPTURE(name);
      CAPTURE(hidden);
      const auto score = models::make_alignment(name, {hidden, 5, 7, 4});
      const Tensor of_mean = score->keys(annotations.mean(1, /*keepdim=*/true), Precision::kFloat32);
      const Tensor mean_of = score->keys(annotations, Precision::kFloat32).mean(1, /*keepdim=*/true);
      CHECK((difference(of_mean, mean_of) < 1e-5) == score->has_affine_keys());
    }
  }
}
