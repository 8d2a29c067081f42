#include "models/training/weight_average.hpp"

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::WeightAverage;
using test::difference;
using torch::Tensor;

TEST_CASE("the average of constant weights equals the weights") {
  const Tensor weight = torch::tensor({1.0, -2.0});
  WeightAverage average({weight}, 0.9);
  for (int step = 0; step < 20; ++step) average.update(step);
  CHECK(difference(average.averages()[0], weight) < 1e-12);
}

TEST_CASE("the average follows the weights, faster at the start") {
  const Tensor weight = torch::tensor({0.0});
  WeightAverage average({weight}, 0.9);
  weight.fill_(1);
  average.update(0);  // decay (1 + 0) / (10 + 0)
  CHECK(average.averages()[0].item<double>() == doctest::Approx(0.9));
  weight.fill_(2);
  average.update(1000);  // decay 0.9
  CHECK(average.averages()[0].item<double>() == doctest::Approx(0.9 * 0.9 + 0.1 * 2));
}

TEST_CASE("weights and averages are swapped and restored") {
  const Tensor weight = torch::tensor({0.0}).requires_grad_();
  WeightAverage average({weight}, 0);
  {
    const torch::NoGradGuard no_gradient;
    weight.fill_(5);
  }
  average.swap();
  CHECK(weight.item<double>() == 0);
  CHECK(average.averages()[0].item<double>() == 5);
  average.swap();
  CHECK(weight.item<double>() == 5);
  CHECK(weight.requires_grad());
}
