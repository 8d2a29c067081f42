#include "models/encoder/refiner.hpp"

#include <cmath>
#include <memory>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/decoder/decoder.hpp"
#include "tests/models/plain_loops.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::Precision;
using test::difference;
using test::parameter;
using torch::Tensor;

namespace {

models::RefinerOptions options(std::int64_t layers, std::int64_t width, std::int64_t heads) {
  models::RefinerOptions result;
  result.layers = layers;
  result.width = width;
  result.heads = heads;
  return result;
}

/// Randomizes all parameters, so that a missing gain or bias causes a failure.
void randomize(models::Refiner& refiner) {
  const torch::NoGradGuard no_gradient;
  refiner.to(torch::kDouble);
  for (auto& entry : refiner.parameters()) entry.normal_(0, 0.7);
}

}  // namespace

TEST_CASE("position encodings combine row and column") {
  models::Refiner refiner(options(0, 8, 2), 3, {2, 3});
  const torch::NoGradGuard no_gradient;
  parameter(refiner, "project").zero_();  // leaves only the positions
  const Tensor refined = refiner.forward(torch::randn({1, 6, 3}), Precision::kFloat32);
  REQUIRE(refined.sizes() == torch::IntArrayRef({1, 6, 8}));
  for (int cell = 0; cell < 6; ++cell) {
    CAPTURE(cell);
    test::Vector waves;
    for (const double position : {cell / 3, cell % 3}) {
      for (const double angle : {position, position / 100}) waves.push_back(std::sin(angle));
      for (const double angle : {position, position / 100}) waves.push_back(std::cos(angle));
    }
    const Tensor expected = torch::tensor(test::layer_norm(waves), torch::kDouble);
    CHECK(difference(refined[0][cell], expected) < 1e-5);
  }
}

TEST_CASE("a refiner projects, adds positions, applies self-attention and feed-forward layers, and normalizes") {
  torch::manual_seed(2);
  const Grid grid{2, 3};
  models::Refiner refiner(options(2, 4, 2), 3, grid);
  randomize(refiner);
  const Tensor annotations = torch::randn({2, 6, 3}, torch::kDouble);
  const torch::NoGradGuard no_gradient;
  const auto of = [&refiner](const std::string& name) { return parameter(refiner, name); };
  const auto norm = [&](const Tensor& x, const std::string& name) {
    return at::layer_norm(x, {4}, of(name + "norm.gain"), of(name + "norm.bias"));
  };
  Tensor x = at::matmul(annotations, of("project").t()) + of("project_bias");
  for (std::int64_t cell = 0; cell < 6; ++cell) {
    const double row = static_cast<double>(cell / 3), column = static_cast<double>(cell % 3);
    const test::Vector waves{std::sin(row), std::cos(row), std::sin(column), std::cos(column)};
    x.select(1, cell) += torch::tensor(waves, torch::kDouble);
  }
  for (const char* number : {"0", "1"}) {
    const std::string self = std::string("attention") + number + ".", feed = std::string("feed_forward") + number + ".";
    const auto parts = at::matmul(norm(x, self), of(self + "in").t()).chunk(3, -1);  // queries, keys, values
    std::vector<Tensor> heads;
    for (const std::int64_t first : {0, 2}) {
      const auto part = [&](std::size_t i) { return parts[i].narrow(2, first, 2); };
      const Tensor scores = at::bmm(part(0), part(1).transpose(1, 2)) / std::sqrt(2.0);
      heads.push_back(at::bmm(at::softmax(scores, -1), part(2)));
    }
    x = x + at::matmul(at::cat(heads, -1), of(self + "out").t());
    const Tensor hidden = at::relu(at::matmul(norm(x, feed), of(feed + "in").t()) + of(feed + "in_bias"));
    x = x + at::matmul(hidden, of(feed + "out").t()) + of(feed + "out_bias");
  }
  // Positions are stored in single precision.
  CHECK(difference(refiner.forward(annotations, Precision::kFloat32), norm(x, "")) < 1e-5);
}

TEST_CASE("without layers there is no refiner") {
  test::DecoderPlan plan = test::tiny_plan();
  const auto without = test::tiny_decoder(3, plan);
  plan.set("refiner-layers", "0");
  plan.set("refiner-width", "16");  // without effect, because there are no layers
  plan.set("refiner-heads", "4");
  const auto none = test::tiny_decoder(3, plan);
  CHECK(test::same_parameters(*without, *none));
  plan.set("refiner-layers", "1");
  const auto one = test::tiny_decoder(3, plan);
  CHECK_FALSE(test::same_parameters(*without, *one));

  const Tensor annotations = torch::randn({1, 4, 6});
  const auto batch = models::pack({{1, 4, 5, 2}}, {0});
  const torch::NoGradGuard no_gradient;
  const auto logits = [&](models::Decoder& decoder) { return decoder.unroll(annotations, batch, {}).logits; };
  CHECK(difference(logits(*without), logits(*none)) == 0);
  CHECK(difference(logits(*without), logits(*one)) > 1e-3);
}

TEST_CASE("the width of a refiner must be a multiple of 4 and of its heads") {
  CHECK_THROWS_WITH_AS(models::Refiner(options(1, 6, 2), 3, {2, 2}), doctest::Contains("6 must be a multiple of 4"),
                       Error);
  CHECK_THROWS_WITH_AS(models::Refiner(options(1, 8, 3), 3, {2, 2}), doctest::Contains("of its 3 heads"), Error);
}
