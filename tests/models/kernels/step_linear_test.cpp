#include <vector>

#include <doctest/doctest.h>

#include "models/kernels/linear.hpp"
#include "tests/models/tiny_model.hpp"

// Compares StepLinear and StepRows with matrix product and narrow, which have a slower backward pass.

using namespace saccade;
using models::Precision;
using models::StepLinear;
using models::StepRows;
using test::difference;
using torch::Tensor;

namespace {

const std::vector<std::int64_t> kActive{4, 4, 2, 1};  // number of active rows at each step

/// A recurrence whose number of rows decreases: h <- tanh(product(h) + rows(n)). The loss is the sum of squares.
struct Recurrence {
  Tensor weight, start, rows;

  Recurrence(std::uint64_t seed, torch::ScalarType type) {
    torch::manual_seed(seed);
    weight = (torch::randn({5, 5}, type) / 2).requires_grad_();
    start = torch::randn({4, 5}, type).requires_grad_();
    rows = torch::randn({4, 5}, type).requires_grad_();
  }

  template <typename Product, typename Rows>
  Tensor unroll(const Product& product, const Rows& first_rows) const {
    Tensor h = start;
    Tensor sum = torch::zeros({}, start.options());
    for (const std::int64_t count : kActive) {
      h = at::tanh(product(h.narrow(0, 0, count)) + first_rows(count));
      sum = sum + h.square().sum();
    }
    return sum;
  }

  Tensor plainly() const {
    return unroll([&](const Tensor& x) { return at::mm(x, weight.t()); },
                  [&](std::int64_t count) { return rows.narrow(0, 0, count); });
  }
  Tensor stepwise(Precision precision) const {
    const StepLinear product(weight, precision);
    const StepRows first(rows);
    return unroll(product, [&](std::int64_t count) { return first.first(count); });
  }

  std::vector<Tensor> take_gradients() const {
    std::vector<Tensor> gradients;
    for (Tensor parameter : {weight, start, rows}) {
      gradients.push_back(parameter.grad().clone());
      parameter.mutable_grad() = Tensor();
    }
    return gradients;
  }
};

void check_against_autograd(torch::ScalarType type, Precision precision, double tolerance) {
  const Recurrence recurrence(7, type);
  const Tensor expected = recurrence.plainly();
  expected.backward();
  const auto expected_gradients = recurrence.take_gradients();
  const Tensor value = recurrence.stepwise(precision);
  CHECK((value.scalar_type() == type));
  CHECK(difference(value, expected) < tolerance);
  value.backward();
  const auto gradients = recurrence.take_gradients();
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    CAPTURE(i);
    CHECK((gradients[i].scalar_type() == type));
    CHECK(difference(gradients[i], expected_gradients[i]) < tolerance);
  }
}

}  // namespace

TEST_CASE("the values and gradients of step-wise products and rows match autograd") {
  SUBCASE("in double precision") {
    check_against_autograd(torch::kDouble, Precision::kFloat32, 1e-12);
  }
  SUBCASE("in float32") {
    check_against_autograd(torch::kFloat, Precision::kFloat32, 1e-4);
  }
  SUBCASE("in bfloat16, with a larger tolerance") {
    check_against_autograd(torch::kFloat, Precision::kBfloat16, 0.15);
  }
}

TEST_CASE("the gradients of two backward passes are added") {
  const Recurrence recurrence(8, torch::kDouble);
  recurrence.plainly().backward();
  const auto once = recurrence.take_gradients();
  recurrence.stepwise(Precision::kFloat32).backward();
  recurrence.stepwise(Precision::kFloat32).backward();
  const auto twice = recurrence.take_gradients();
  for (std::size_t i = 0; i < once.size(); ++i) CHECK(difference(twice[i], 2 * once[i]) < 1e-12);
}

TEST_CASE("a backward pass may be repeated over a kept graph") {
  const Recurrence recurrence(9, torch::kDouble);
  const Tensor value = recurrence.stepwise(Precision::kFloat32);
  value.backward({}, /*retain_graph=*/true);
  const auto first = recurrence.take_gradients();
  value.backward();
  const auto second = recurrence.take_gradients();
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(difference(first[i], second[i]) < 1e-12);
}

TEST_CASE("steps that do not contribute to the loss have no gradient") {
  torch::manual_seed(10);
  const Tensor weight = torch::randn({3, 2}, torch::kDouble).requires_grad_();
  const Tensor rows = torch::randn({4, 3}, torch::kDouble).requires_grad_();
  const Tensor x = torch::randn({4, 2}, torch::kDouble);
  const StepLinear product(weight, Precision::kFloat32);
  const StepRows first(rows);
  const Tensor used = product(x.narrow(0, 0, 2)) * first.first(2);
  const Tensor unused = product(x) * first.first(4);
  used.sum().backward();
  const Tensor weight_gradient = weight.grad().clone();
  const Tensor rows_gradient = rows.grad().clone();
  weight.mutable_grad() = Tensor();
  rows.mutable_grad() = Tensor();
  (at::mm(x.narrow(0, 0, 2), weight.t()) * rows.narrow(0, 0, 2)).sum().backward();
  CHECK(difference(weight_gradient, weight.grad()) < 1e-12);
  CHECK(difference(rows_gradient, rows.grad()) < 1e-12);
  CHECK(rows_gradient.narrow(0, 2, 2).abs().max().item<double>() == 0);
}

TEST_CASE("the other inputs of a frozen weight or of frozen rows still get gradients") {
  torch::manual_seed(11);
  const Tensor weight = torch::randn({3, 2}, torch::kDouble);
  const Tensor rows = torch::randn({4, 3}, torch::kDouble);
  const Tensor x = torch::randn({4, 2}, torch::kDouble).requires_grad_();
  (StepLinear(weight, Precision::kFloat32)(x) * StepRows(rows).first(4)).sum().backward();
  CHECK(difference(x.grad(), at::mm(rows, weight)) < 1e-12);
}

TEST_CASE("steps without gradients compute the same values") {
  const Recurrence recurrence(12, torch::kDouble);
  const Tensor expected = recurrence.plainly();
  const torch::NoGradGuard no_gradient;
  const Tensor value = recurrence.stepwise(Precision::kFloat32);
  CHECK_FALSE(value.requires_grad());
  CHECK(difference(value, expected) < 1e-12);
}
