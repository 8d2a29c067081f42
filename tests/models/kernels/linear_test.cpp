#include "models/kernels/linear.hpp"

#include <doctest/doctest.h>
#include <torch/cuda.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::Precision;
using test::difference;
using torch::Tensor;

namespace {

struct Gradients {
  Tensor y, x, weight, bias;
};

/// y of a linear map of (x, weight, bias), and the gradients of sum(sin(y)).
template <typename Map>
Gradients run(Map map, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const Tensor a = x.clone().requires_grad_();
  const Tensor w = weight.clone().requires_grad_();
  const Tensor b = bias.clone().requires_grad_();
  Gradients result;
  result.y = map(a, w, b);
  result.y.sin().sum().backward();
  result.x = a.grad();
  result.weight = w.grad();
  result.bias = b.grad();
  return result;
}

}  // namespace

TEST_CASE("the fastest precision depends on the device") {
  if (!torch::cuda::is_available()) CHECK((models::fastest_precision(torch::kCUDA) == Precision::kFloat32));
  CHECK((models::fastest_precision(torch::kMeta) == Precision::kFloat32));
  CHECK((models::fastest_precision(torch::kCPU) == models::fastest_precision()));
}

TEST_CASE("a linear map is x W^T + b over the last dimension, in float32 and in double") {
  torch::manual_seed(1);
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    const Tensor x = torch::randn({3, 4, 5}, type), weight = torch::randn({7, 5}, type), bias = torch::randn({7}, type);
    const Tensor y = models::linear(x, weight, bias, Precision::kFloat32);
    CHECK((y.scalar_type() == type));
    CHECK(difference(y, at::matmul(x, weight.t()) + bias) < 1e-5);
    CHECK(difference(models::linear(x, weight, {}, Precision::kFloat32), at::matmul(x, weight.t())) < 1e-5);
  }
}

TEST_CASE("in bfloat16, a linear map rounds its operands, and values and gradients stay close") {
  torch::manual_seed(2);
  const Tensor x = torch::randn({6, 3, 32}), weight = torch::randn({8, 32}) / 6, bias = torch::randn({8});
  const auto plain = run([](auto& a, auto& w, auto& b) { return at::linear(a, w, b); }, x, weight, bias);
  const auto low =
      run([](auto& a, auto& w, auto& b) { return models::linear(a, w, b, Precision::kBfloat16); }, x, weight, bias);
  CHECK((low.y.scalar_type() == torch::kFloat));
  CHECK((low.weight.scalar_type() == torch::kFloat));
  CHECK(difference(low.y, plain.y) < 0.05);
  CHECK(difference(low.x, plain.x) < 0.05);
  CHECK(difference(low.weight, plain.weight) < 0.3);  // a sum over 18 rows
  CHECK(difference(low.bias, plain.bias) < 0.3);
  // bfloat16 was used.
  CHECK(difference(low.y, plain.y) > 1e-5);
}

TEST_CASE("a bfloat16 linear map trains its weight even if its input needs no gradient") {
  torch::manual_seed(3);
  const Tensor x = torch::randn({4, 8});
  const Tensor weight = torch::randn({2, 8}).requires_grad_();
  models::linear(x, weight, {}, Precision::kBfloat16).sum().backward();
  CHECK(difference(weight.grad(), x.sum(0).expand({2, 8})) < 0.05);
}
