#include "models/kernels/additive_kernel.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using torch::Tensor;

namespace {

constexpr std::int64_t kImages = 2, kCells = 5, kCaptions = 3;

struct Scores {
  Tensor score, keys, query, v;  // scores, and gradients of a weighted sum of the scores
};

/// Scores from the same random numbers in either type; `scale` applies to keys and queries.
Scores scores(torch::ScalarType type, std::int64_t width, double scale) {
  torch::manual_seed(static_cast<std::uint64_t>(width));
  const auto draw = [type](torch::IntArrayRef sizes, double factor) {
    return (torch::randn(sizes, torch::kFloat) * factor).to(type).requires_grad_();
  };
  const Tensor keys = draw({kImages, kCells, width}, scale), query = draw({kImages, kCaptions, width}, scale),
               v = draw({width}, 1);
  const Tensor weights = torch::randn({kImages, kCaptions, kCells}, torch::kFloat).to(type);
  const Tensor score = models::additive_score(keys, query, v);
  (score * weights).sum().backward();
  return {score.detach(), keys.grad(), query.grad(), v.grad()};
}

/// The largest difference, relative to the largest value.
double relative(const Tensor& a, const Tensor& b) {
  return test::difference(a, b) / (1 + b.abs().max().item<double>());
}

}  // namespace

TEST_CASE("the fused additive score and its gradients in float32 match LibTorch's operations in double precision") {
  for (const std::int64_t width : {1, 3, 16, 64, 101}) {
    for (const double scale : {0.01, 1.0, 10.0}) {  // tanh is linear, curved or saturated
      CAPTURE(width);
      CAPTURE(scale);
      const Scores fast = scores(torch::kFloat, width, scale), exact = scores(torch::kDouble, width, scale);
      CHECK(relative(fast.score, exact.score) < 3e-6);
      CHECK(relative(fast.keys, exact.keys) < 3e-6);
      CHECK(relative(fast.query, exact.query) < 3e-6);
      CHECK(relative(fast.v, exact.v) < 3e-6);
    }
  }
}

TEST_CASE("a NaN in a key affects only the score and the gradients of its cell") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::int64_t width : {1, 7, 64}) {
    for (std::int64_t place = 0; place < width; place += 3) {
      CAPTURE(width);
      CAPTURE(place);
      Tensor keys = torch::randn({1, 3, width});
      keys[0][1][place] = nan;
      keys.requires_grad_();
      const Tensor query = torch::randn({1, 2, width}).requires_grad_(), v = torch::ones({width});
      const Tensor score = models::additive_score(keys, query, v);
      for (std::int64_t caption = 0; caption < 2; ++caption) {
        CHECK(score[0][caption].isnan().equal(torch::tensor({false, true, false})));
      }
      score.sum().backward();
      CHECK(keys.grad()[0][1][place].isnan().item<bool>());
      CHECK(keys.grad().isnan().sum().item<std::int64_t>() == 1);
      CHECK(query.grad().select(2, place).isnan().all().item<bool>());
    }
  }
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor keys = torch::tensor({{{infinity}, {-infinity}}}), v = torch::ones({1});
  CHECK(test::difference(models::additive_score(keys, torch::zeros({1, 1, 1}), v), torch::tensor({{{1.0F, -1.0F}}})) <
        1e-6);
  CHECK(models::additive_score(keys, torch::full({1, 1, 1}, -infinity), v)[0][0][0].isnan().item<bool>());
}
