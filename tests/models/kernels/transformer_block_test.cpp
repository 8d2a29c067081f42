#include "models/kernels/transformer_block.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/models/plain_loops.hpp"
#include "tests/models/tiny_model.hpp"

// Compares the parts of a Transformer with their formulas in plain loops.

using namespace saccade;
using models::Precision;
using test::difference;
using test::Rows;
using test::sum;
using test::times;
using test::Vector;
using torch::Tensor;

namespace {

/// Randomizes all parameters, so that a missing gain or bias causes a failure.
template <typename Part>
void randomize(Part& part, std::uint64_t seed) {
  torch::manual_seed(seed);
  const torch::NoGradGuard no_gradient;
  part.to(torch::kDouble);
  for (auto& entry : part.parameters()) entry.normal_(0, 0.7);
}

Vector normed(const torch::nn::Module& part, const Vector& x) {
  return test::layer_norm(x, test::vector_of(test::parameter(part, "norm.gain")),
                          test::vector_of(test::parameter(part, "norm.bias")));
}

Tensor tensor_of(const Rows& rows) {
  std::vector<Tensor> all;
  for (const Vector& row : rows) all.push_back(torch::tensor(row, torch::kDouble));
  return at::stack(all);
}

/// x + W_o [heads], where two heads of width 2 attend to the first `visible(t)` positions.
template <typename Visible>
Rows attended(const models::SelfAttention& part, const Rows& x, const Visible& visible) {
  const Rows in = test::rows_of(test::parameter(part, "in")), out = test::rows_of(test::parameter(part, "out"));
  Rows queries, keys, values;
  for (const Vector& position : x) {
    const Vector all = times(in, normed(part, position));
    queries.emplace_back(all.begin(), all.begin() + 4);
    keys.emplace_back(all.begin() + 4, all.begin() + 8);
    values.emplace_back(all.begin() + 8, all.end());
  }
  Rows result;
  for (std::size_t t = 0; t < x.size(); ++t) {
    Vector joined;
    for (const std::size_t first : {0, 2}) {
      const auto part_of = [first](const Vector& v) { return Vector{v[first], v[first + 1]}; };
      Vector scores;
      Rows seen;
      for (std::size_t i = 0; i < visible(t); ++i) {
        scores.push_back(test::dot(part_of(queries[t]), part_of(keys[i])) / std::sqrt(2.0));
        seen.push_back(part_of(values[i]));
      }
      const Vector z = test::gathered(scores, seen);
      joined.insert(joined.end(), z.begin(), z.end());
    }
    result.push_back(sum(x[t], times(out, joined)));
  }
  return result;
}

}  // namespace

TEST_CASE("position encodings are sines and cosines of decreasing frequency") {
  const Tensor waves = models::sinusoids(torch::tensor({0, 1, 3}, torch::kLong), 4);
  // 10000^(-2i/d) is 1 and 1/100 for d = 4.
  for (const auto& [row, position] : {std::pair{0, 0.0}, {1, 1.0}, {2, 3.0}}) {
    const Vector expected{std::sin(position), std::sin(position / 100), std::cos(position), std::cos(position / 100)};
    CHECK(difference(waves[row], torch::tensor(expected, torch::kDouble)) < 1e-6);
  }
}

TEST_CASE("a feed-forward network adds W_2 relu(W_1 norm(x)) to x") {
  models::FeedForward part(3, 5);
  randomize(part, 1);
  const Tensor x = torch::randn({2, 3}, torch::kDouble);
  const torch::NoGradGuard no_gradient;
  const Tensor result = part.forward(x, Precision::kFloat32);
  const auto matrix = [&part](const char* name) { return test::rows_of(test::parameter(part, name)); };
  const auto bias = [&part](const char* name) { return test::vector_of(test::parameter(part, name)); };
  for (std::int64_t row = 0; row < 2; ++row) {
    const Vector given = test::vector_of(x[row]);
    Vector hidden = sum(times(matrix("in"), normed(part, given)), bias("in_bias"));
    for (double& each : hidden) each = each > 0 ? each : 0;
    const Vector expected = sum(given, sum(times(matrix("out"), hidden), bias("out_bias")));
    CHECK(difference(result[row], torch::tensor(expected, torch::kDouble)) < 1e-12);
  }
}

TEST_CASE("self-attention: full, masked and incremental results are consistent") {
  models::SelfAttention part(4, 2);
  randomize(part, 2);
  const Tensor x = torch::randn({2, 3, 4}, torch::kDouble);
  const torch::NoGradGuard no_gradient;
  const Tensor open = part.forward(x, Precision::kFloat32), masked = part.forward_masked(x, Precision::kFloat32);
  for (std::int64_t row = 0; row < 2; ++row) {
    const Rows given = test::rows_of(x[row]);
    CHECK(difference(open[row], tensor_of(attended(part, given, [](std::size_t) { return std::size_t{3}; }))) < 1e-12);
    CHECK(difference(masked[row], tensor_of(attended(part, given, [](std::size_t t) { return t + 1; }))) < 1e-12);
  }
  Tensor past;
  for (std::int64_t t = 0; t < 3; ++t) {
    CHECK(difference(part.forward_next(x.select(1, t), past, Precision::kFloat32), masked.select(1, t)) < 1e-12);
    CHECK(past.sizes() == torch::IntArrayRef({2, t + 1, 8}));
  }
  CHECK_THROWS_WITH_AS(models::SelfAttention(6, 4), doctest::Contains("is no multiple of its 4 heads"), Error);
}
