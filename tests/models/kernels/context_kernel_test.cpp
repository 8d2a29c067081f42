#include "models/kernels/context_kernel.hpp"

#include <limits>
#include <tuple>

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using test::difference;
using torch::Tensor;

namespace {

/// Context vectors of seven rows of three images, and the gradients of a weighted sum of them.
std::tuple<Tensor, Tensor, Tensor> contexts(torch::ScalarType type, const Tensor& cell) {
  torch::manual_seed(4);
  const Tensor alpha = torch::softmax(torch::randn({7, 5}, torch::kDouble), 1).to(type).requires_grad_();
  const Tensor annotations = torch::randn({3, 5, 70}, torch::kDouble).to(type).requires_grad_();
  const Tensor weights = torch::randn({7, 70}, torch::kDouble).to(type);
  const Tensor image = torch::tensor({2, 0, 0, 1, 2, 2, 0}, torch::kLong);
  const Tensor result = models::context_vectors(alpha, cell, annotations, image);
  (result * weights).sum().backward();
  return {result, alpha.grad(), annotations.grad()};
}

}  // namespace

TEST_CASE("the fused context kernel matches the values and gradients of LibTorch's operations") {
  for (const Tensor& cell : {Tensor(), torch::tensor({4, -1, 0, 3, -1, 2, 0}, torch::kLong),
                             torch::tensor({1, 2, 3, 4, 0, 1, 2}, torch::kLong)}) {
    const auto [fast, fast_alpha, fast_annotations] = contexts(torch::kFloat, cell);
    const auto [slow, slow_alpha, slow_annotations] = contexts(torch::kDouble, cell);
    CHECK(slow.abs().max().item<double>() > 0.5);
    CHECK(difference(fast, slow) < 1e-5);
    CHECK(difference(fast_alpha, slow_alpha) < 1e-4);
    CHECK(difference(fast_annotations, slow_annotations) < 1e-5);
  }
}

TEST_CASE("a NaN in an annotation affects only its component in the contexts of its image") {
  Tensor annotations = torch::ones({2, 3, 70});
  annotations[0][1][69] = std::numeric_limits<float>::quiet_NaN();
  const Tensor alpha = torch::full({2, 3}, 1.0F / 3);
  const Tensor context = models::context_vectors(alpha, {}, annotations, torch::tensor({0, 1}, torch::kLong));
  CHECK(context[0][69].isnan().item<bool>());
  CHECK(context.isnan().sum().item<std::int64_t>() == 1);
}

TEST_CASE("frozen annotations get no gradient") {
  const Tensor alpha = torch::full({1, 2}, 0.5F).requires_grad_();
  const Tensor annotations = torch::ones({1, 2, 3});
  models::context_vectors(alpha, {}, annotations, torch::zeros({1}, torch::kLong)).sum().backward();
  CHECK(difference(alpha.grad(), torch::full({1, 2}, 3.0F)) == 0);
  CHECK_FALSE(annotations.grad().defined());
}
