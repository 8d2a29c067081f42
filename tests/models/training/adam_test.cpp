#include "models/training/adam.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>
#include <torch/optim/adamw.h>

#include "core/base/error.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::Adam;
using test::difference;
using torch::Tensor;

namespace {

/// A matrix, a bias, and a convolution weight in channels-last format.
std::vector<Tensor> parameters(std::uint64_t seed) {
  torch::manual_seed(seed);
  std::vector<Tensor> result{torch::randn({7, 5}), torch::randn({6}),
                             torch::randn({4, 3, 2, 2}).contiguous(at::MemoryFormat::ChannelsLast)};
  for (auto& parameter : result) parameter.requires_grad_();
  return result;
}

void set_gradients(const std::vector<Tensor>& parameters, std::uint64_t seed) {
  torch::manual_seed(seed);
  for (const auto& parameter : parameters) parameter.mutable_grad() = torch::randn(parameter.sizes());
}

Adam::Options options(double decay) {
  Adam::Options result;
  result.beta1 = 0.8;
  result.beta2 = 0.95;
  result.epsilon = 1e-6;
  result.weight_decay = decay;
  return result;
}

torch::optim::AdamWOptions their_options(double decay) {
  return torch::optim::AdamWOptions(0.03).betas({0.8, 0.95}).eps(1e-6).weight_decay(decay);
}

}  // namespace

TEST_CASE("Adam matches AdamW of LibTorch") {
  const auto ours = parameters(1);
  const auto theirs = parameters(1);
  Adam adam(ours, options(0));
  torch::optim::AdamW reference(theirs, their_options(0));
  for (std::uint64_t step = 0; step < 10; ++step) {
    set_gradients(ours, step);
    set_gradients(theirs, step);
    adam.step({0.03, 0.03, 0.03});
    reference.step();
    for (std::size_t i = 0; i < ours.size(); ++i) CHECK(difference(ours[i], theirs[i]) < 1e-5);
  }
  CHECK(difference(ours[0], parameters(1)[0]) > 0.05);
}

TEST_CASE("weight decay applies to matrices only") {
  const auto ours = parameters(2);
  const auto theirs = parameters(2);
  Adam adam(ours, options(0.5));
  torch::optim::AdamW matrices({theirs[0], theirs[2]}, their_options(0.5));
  torch::optim::AdamW biases({theirs[1]}, their_options(0));
  for (std::uint64_t step = 0; step < 5; ++step) {
    set_gradients(ours, step);
    set_gradients(theirs, step);
    adam.step({0.03, 0.03, 0.03});
    matrices.step();
    biases.step();
  }
  for (std::size_t i = 0; i < ours.size(); ++i) CHECK(difference(ours[i], theirs[i]) < 1e-5);
}

TEST_CASE("each parameter has its own learning rate") {
  const auto ours = parameters(3);
  const auto before = parameters(3);
  Adam adam(ours, options(0));
  set_gradients(ours, 1);
  ours[2].mutable_grad() = Tensor();
  adam.step({0.01, 0, 0.5});
  // The first step of Adam is the learning rate in the direction of the sign.
  CHECK(difference((ours[0] - before[0]).abs(), torch::full({7, 5}, 0.01)) < 1e-4);
  CHECK(difference(ours[1], before[1]) == 0);
  CHECK(difference(ours[2], before[2]) == 0);
}

TEST_CASE("gradient clipping never increases gradients") {
  const auto ours = parameters(4);
  Adam adam(ours, {});
  ours[0].mutable_grad() = torch::zeros({7, 5});
  ours[0].mutable_grad()[0][0] = 3;
  ours[1].mutable_grad() = torch::zeros({6});
  ours[1].mutable_grad()[2] = 4;
  CHECK(adam.clip_gradients(10) == doctest::Approx(5));
  CHECK(ours[1].grad()[2].item<float>() == 4);
  CHECK(adam.clip_gradients(1) == doctest::Approx(5));
  CHECK(ours[0].grad()[0][0].item<float>() == doctest::Approx(0.6));
  CHECK(ours[1].grad()[2].item<float>() == doctest::Approx(0.8));
}

TEST_CASE("a clipping limit of 0 leaves gradients unchanged") {
  const auto ours = parameters(4);
  Adam adam(ours, {});
  ours[1].mutable_grad() = torch::full({6}, 3.0F);
  CHECK(adam.clip_gradients(0) == doctest::Approx(3 * std::sqrt(6.0)));
  CHECK(ours[1].grad()[2].item<float>() == 3);
}

TEST_CASE("gradients accumulate until they are zeroed") {
  const auto ours = parameters(5);
  Adam adam(ours, {});
  set_gradients(ours, 1);
  adam.step({0.1, 0.1, 0.1});
  CHECK(ours[0].grad().defined());
  adam.zero_gradients();
  for (const auto& parameter : ours) CHECK_FALSE(parameter.grad().defined());
}

TEST_CASE("a restored optimizer continues with the same results") {
  const auto one = parameters(6);
  Adam first(one, options(0.1));
  const auto step = [](Adam& adam, const std::vector<Tensor>& of, std::uint64_t seed) {
    set_gradients(of, seed);
    adam.step({0.01, 0.02, 0.03});
  };
  for (std::uint64_t i = 0; i < 3; ++i) step(first, one, i);
  const auto state = first.state();
  CHECK(state.size() == 7);
  std::vector<Tensor> two;
  for (const auto& parameter : one) two.push_back(parameter.detach().clone().requires_grad_());
  Adam second(two, options(0.1));
  second.load_state(state);
  for (std::uint64_t i = 3; i < 6; ++i) {
    step(first, one, i);
    step(second, two, i);
  }
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(one[i].equal(two[i]));
}

TEST_CASE("an incompatible state is refused with its name") {
  Adam adam(parameters(7), {});
  auto state = adam.state();
  state.erase("v.1");
  CHECK_THROWS_WITH_AS(adam.load_state(state), doctest::Contains("'v.1' does not fit"), Error);
  state = adam.state();
  state["m.0"] = torch::zeros({5, 7});
  CHECK_THROWS_WITH_AS(adam.load_state(state), doctest::Contains("'m.0' does not fit"), Error);
  CHECK_THROWS_WITH_AS(adam.load_state({}), doctest::Contains("'steps' does not fit"), Error);
}
