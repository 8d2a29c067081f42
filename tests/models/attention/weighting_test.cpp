#include "models/attention/weighting.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/attention/reading.hpp"
#include "models/attention/window.hpp"
#include "tests/models/plain_loops.hpp"
#include "tests/models/tiny_model.hpp"

// Compares each weighting with an example calculated by hand and with its equations in plain loops. The examples use
// location scores (W h + b, independent of the image) or dot products, so that the scores can be chosen freely.

using namespace saccade;
using models::Precision;
using test::difference;
using test::dot;
using test::normalized;
using test::parameter;
using test::Rows;
using test::times;
using test::Vector;
using torch::Tensor;

namespace {

std::shared_ptr<models::Weighting> weighting(const std::string& name, const models::WeightingShape& shape,
                                             const std::string& option = {}, const std::string& value = {}) {
  models::WeightingChoice choice(models::weighting_registry(), "weighting", "", name);
  const Fields fields = fields_of(choice);
  for (const Field& field : fields.all()) {
    if (field.name == option) field.take(value);
  }
  return choice.make(shape);
}

void assign(const Tensor& to, const Tensor& values) {
  const torch::NoGradGuard no_gradient;
  REQUIRE(to.sizes() == values.sizes());
  to.detach().copy_(values);
}

/// A weighting on a grid whose location scores are `bias` for every state.
std::shared_ptr<models::Weighting> with_scores(const std::string& name, const Grid& grid, const Tensor& bias,
                                               const std::string& option = {}, const std::string& value = {}) {
  auto made =
      weighting(name, {{/*hidden=*/2, /*annotation=*/2, /*width=*/2, grid.cells()}, grid, "location"}, option, value);
  assign(parameter(*made, "score.weight"), torch::zeros({grid.cells(), 2}));
  assign(parameter(*made, "score.bias"), bias);
  return made;
}

/// The weights of one caption of one image at step t, [M, L].
Tensor weights(models::Weighting& made, const Tensor& hidden, const Tensor& annotations, std::int64_t t = 0) {
  const torch::NoGradGuard no_gradient;
  const models::Query query{hidden.view({1, 1, -1}), torch::zeros({1}, torch::kLong), t, 1};
  return made.log_weights(query, made.keys(annotations.unsqueeze(0), Precision::kFloat32)).exp()[0];  // [M, L]
}

const Tensor kHidden = torch::tensor({0.5F, -1.0F});

/// A weighting in double precision with a state (H = 3) and random annotations (D = 2) of a grid, and the weights at a
/// temperature of 2.
struct Example {
  std::shared_ptr<models::Weighting> made;
  Tensor annotations;  // [L, D]
  Rows a;
  Vector h{0.7, -1.3, 0.4};
  Tensor log_weights;  // [M, L]

  Example(std::uint64_t seed, const std::string& name, const Grid& grid, const std::string& alignment,
          const std::string& option, const std::string& value) {
    torch::manual_seed(seed);
    const torch::NoGradGuard no_gradient;
    made = weighting(name, {{3, 2, /*width=*/4, grid.cells()}, grid, alignment}, option, value);
    made->to(torch::kDouble);
    annotations = torch::randn({grid.cells(), 2}, torch::kDouble);
    a = test::rows_of(annotations);
    const models::Query query{torch::tensor(h, torch::kDouble).view({1, 1, 3}), torch::zeros({1}, torch::kLong), 0, 2};
    log_weights = made->log_weights(query, made->keys(annotations.unsqueeze(0), Precision::kFloat32))[0];
  }

  Rows of(const std::string& parameter) const { return test::rows_of(test::parameter(*made, parameter)); }

  /// The weight of cell i in map m.
  double weight(std::size_t i, std::int64_t m = 0) const {
    return std::exp(log_weights[m][static_cast<std::int64_t>(i)].item<double>());
  }
};

}  // namespace

TEST_CASE("global: weights are proportional to the exponential of the scores") {
  const auto made = with_scores("global", {1, 2}, torch::tensor({std::log(3.0F), 0.0F}));
  CHECK(difference(weights(*made, kHidden, torch::zeros({2, 2})), torch::tensor({{0.75F, 0.25F}})) < 1e-6);
}

TEST_CASE("local-m: the window of (2 D + 1)^2 cells moves in row-major order") {
  const Grid grid{4, 4};
  Tensor scores = torch::zeros({16});
  scores[0] = std::log(2.0F);
  const auto made = with_scores("local-m", grid, scores, "window", "1");
  // Sixteen cells and twelve words. Step 0: cell 0, with a window of the cells 0, 1, 4 and 5.
  Tensor expected = torch::zeros({16});
  expected[0] = 0.4F;
  for (const int cell : {1, 4, 5}) expected[cell] = 0.2F;
  CHECK(difference(weights(*made, kHidden, torch::zeros({16, 2}), 0)[0], expected) < 1e-6);
  // Step 4: cell floor(4 * 16 / 12) = 5, with a window of nine cells, one of which has a higher score.
  expected.zero_();
  for (const int cell : {0, 1, 2, 4, 5, 6, 8, 9, 10}) expected[cell] = 0.1F;
  expected[0] = 0.2F;
  CHECK(difference(weights(*made, kHidden, torch::zeros({16, 2}), 4)[0], expected) < 1e-6);
  // After the last word, the window stays at the last cell.
  expected.zero_();
  for (const int cell : {10, 11, 14, 15}) expected[cell] = 0.25F;
  CHECK(difference(weights(*made, kHidden, torch::zeros({16, 2}), 1000)[0], expected) < 1e-6);
  CHECK(made->knows_step());
}

TEST_CASE("local-p: the state predicts the window, and a Gaussian weights the cells") {
  const Grid grid{3, 3};
  const auto made = with_scores("local-p", grid, torch::zeros({9}), "window", "1");
  // p = (3, 3) sigmoid(V tanh(W h)). V = 0 gives the center of the grid, (1.5, 1.5), which is the center of cell 4.
  assign(parameter(*made, "outer"), torch::zeros({2, 2}));
  const double near = std::exp(-1 / (2 * 0.25)), far = std::exp(-2 / (2 * 0.25));  // sigma = D / 2
  const double all = 1 + 4 * near + 4 * far;
  Tensor weight = weights(*made, kHidden, torch::zeros({9, 2}))[0];
  CHECK(weight[4].item<double>() == doctest::Approx(1 / all).epsilon(1e-5));
  CHECK(weight[1].item<double>() == doctest::Approx(near / all).epsilon(1e-5));
  CHECK(weight[8].item<double>() == doctest::Approx(far / all).epsilon(1e-5));

  // W h = (ln 3 / 2, 0) and tanh(ln 3 / 2) = 1/2. V = ((2 ln 2, 0), (-2 ln 2, 0)) gives sigmoid(+- ln 2) = 2/3 and 1/3,
  // so p = (2, 1), a corner of four cells. The window contains only these, each half a cell away in both directions.
  assign(parameter(*made, "inner"), torch::tensor({{std::log(3.0F), 0.0F}, {0.0F, 0.0F}}));
  assign(parameter(*made, "outer"), torch::tensor({{2 * std::log(2.0F), 0.0F}, {-2 * std::log(2.0F), 0.0F}}));
  weight = weights(*made, kHidden, torch::zeros({9, 2}))[0];
  Tensor expected = torch::zeros({9});
  for (const int cell : {3, 4, 6, 7}) expected[cell] = 0.25F;
  CHECK(difference(weight, expected) < 1e-5);
}

TEST_CASE("local-p matches its equations on a non-square grid") {
  const Example example(5, "local-p", {4, 5}, "general", "window", "1");
  // p_t = (R, C) sigmoid(V_p tanh(W_p h))
  const Vector outer = times(example.of("outer"), test::tanh(times(example.of("inner"), example.h)));
  const double row = 4 * test::sigmoid(outer[0]), column = 5 * test::sigmoid(outer[1]);
  Vector expected;
  int inside = 0;
  for (int i = 0; i < 20; ++i) {
    const int r = i / 5, q = i % 5;
    const double down = r + 0.5 - row, across = q + 0.5 - column;
    const bool seen = std::abs(down) <= 1 && std::abs(across) <= 1;
    // e = h W a / 2 with the temperature, which does not apply to the Gaussian. sigma = 1/2.
    const double e = dot(example.h, times(example.of("score.weight"), example.a[static_cast<std::size_t>(i)])) / 2;
    expected.push_back(seen ? std::exp(e) * std::exp(-(down * down + across * across) / (2 * 0.25)) : 0);
    inside += seen ? 1 : 0;
  }
  REQUIRE(inside >= 2);
  REQUIRE(inside <= 9);
  expected = normalized(expected);
  for (std::size_t i = 0; i < 20; ++i) CHECK(example.weight(i) == doctest::Approx(expected[i]).epsilon(1e-9));
}

TEST_CASE("a window contains at least one cell for any center") {
  const models::Window window({7, 7}, 1);
  torch::manual_seed(3);
  const Tensor middle = 7 * torch::rand({1000, 2}, torch::kDouble);
  CHECK((window.mask(middle) == 0).sum(1).min().item<std::int64_t>() >= 1);
  const Tensor corners = torch::tensor({{0.0, 0.0}, {7.0, 7.0}, {0.0, 7.0}, {3.5, 3.5}});
  CHECK((window.mask(corners) == 0).sum(1).min().item<std::int64_t>() >= 1);
}

TEST_CASE("hierarchical: the weight of a cell is the weight of its block times its weight within the block") {
  // A grid of 1 x 3 in blocks of 2 x 2 gives the blocks {0, 1} and {2}. Dot products without projections.
  const auto made = weighting("hierarchical", {{1, 1, 1, 3}, {1, 3}, "dot"}, "block", "2");
  const Tensor annotations = torch::tensor({{std::log(3.0F)}, {0.0F}, {1.0F}});
  // With h = 1, the weights within the first block are 3/4 and 1/4, so its summary is 3/4 ln 3. The second summary is
  // 1.
  const double first = std::exp(0.75 * std::log(3.0)), second = std::exp(1.0);
  const double share = first / (first + second);
  const Tensor weight = weights(*made, torch::tensor({1.0F}), annotations)[0];
  CHECK(weight[0].item<double>() == doctest::Approx(0.75 * share).epsilon(1e-5));
  CHECK(weight[1].item<double>() == doctest::Approx(0.25 * share).epsilon(1e-5));
  CHECK(weight[2].item<double>() == doctest::Approx(1 - share).epsilon(1e-5));
  CHECK_THROWS_WITH_AS(weighting("hierarchical", {{1, 1, 1, 3}, {1, 3}, "location"}),
                       doctest::Contains("needs an alignment score that reads it, not location"), Error);
}

TEST_CASE("hierarchical: alignment scores whose keys are not affine in the annotations are refused") {
  CHECK_THROWS_WITH_AS(weighting("hierarchical", {{1, 1, 1, 3}, {1, 3}, "content"}),
                       doctest::Contains("score content does not allow; choose another"), Error);
}

TEST_CASE("hierarchical matches its equations with blocks at the edge of the grid") {
  const Example example(6, "hierarchical", {3, 5}, "general", "block", "2");
  const auto score = [&example](const char* level, const Vector& a) {
    return dot(example.h, times(example.of(std::string(level) + "_score.weight"), a)) / 2;  // the temperature
  };
  const auto block_of = [](std::size_t i) { return i / 5 / 2 * 3 + i % 5 / 2; };  // two rows of three blocks
  Vector within(15), of_block(6);
  for (std::size_t b = 0; b < 6; ++b) {
    double sum = 0;
    for (std::size_t i = 0; i < 15; ++i) sum += block_of(i) == b ? std::exp(score("cell", example.a[i])) : 0;
    Vector summary(2);
    for (std::size_t i = 0; i < 15; ++i) {
      if (block_of(i) != b) continue;
      within[i] = std::exp(score("cell", example.a[i])) / sum;
      for (std::size_t d = 0; d < 2; ++d) summary[d] += within[i] * example.a[i][d];
    }
    of_block[b] = std::exp(score("block", summary));
  }
  of_block = normalized(of_block);
  for (std::size_t i = 0; i < 15; ++i) {
    CAPTURE(i);
    CHECK(example.weight(i) == doctest::Approx(of_block[block_of(i)] * within[i]).epsilon(1e-9));
  }
}

TEST_CASE("multi-head matches its equations with two heads of width 2") {
  const Example example(7, "multi-head", {2, 3}, "scaled-dot", "heads", "2");
  const Vector q = times(example.of("query"), example.h);
  Vector joined;  // [z_1 ; z_2]
  for (std::size_t head = 0; head < 2; ++head) {
    CAPTURE(head);
    const auto part = [head](const Vector& x) { return Vector{x[2 * head], x[2 * head + 1]}; };
    Vector expected;
    for (const Vector& a : example.a) {
      const double e = dot(part(q), part(times(example.of("key"), a))) / std::sqrt(2.0);
      expected.push_back(std::exp(e / 2));  // the temperature
    }
    expected = normalized(expected);
    Vector z(2);
    for (std::size_t i = 0; i < 6; ++i) {
      CHECK(example.weight(i, static_cast<std::int64_t>(head)) == doctest::Approx(expected[i]).epsilon(1e-9));
      const Vector v = part(times(example.of("value"), example.a[i]));
      for (std::size_t d = 0; d < 2; ++d) z[d] += expected[i] * v[d];
    }
    joined.insert(joined.end(), z.begin(), z.end());
  }
  const Vector context = times(example.of("join"), joined);
  const auto read = models::read(models::Reading::kExpectation, example.log_weights.unsqueeze(0),
                                 example.made->values(example.annotations.unsqueeze(0), Precision::kFloat32),
                                 torch::zeros({1}, torch::kLong), {});
  const Tensor combined = example.made->combine(read.context)[0];
  for (std::size_t d = 0; d < 4; ++d) {
    CHECK(combined[static_cast<std::int64_t>(d)].item<double>() == doctest::Approx(context[d]).epsilon(1e-9));
  }
}

TEST_CASE("multi-head: each head has its own scaled dot product, and their results are concatenated") {
  const auto made = weighting("multi-head", {{2, 2, 2, 2}, {1, 2}, "scaled-dot"}, "heads", "2");
  REQUIRE(made->maps() == 2);
  for (const char* name : {"query", "key", "value"}) assign(parameter(*made, name), torch::eye(2));
  assign(parameter(*made, "join"), torch::tensor({{1.0F, 1.0F}, {1.0F, -1.0F}}));
  // Heads have width 1: the first reads the first component of state and cells, the second reads the second.
  const Tensor annotations = torch::tensor({{std::log(3.0F), 5.0F}, {0.0F, 5.0F + std::log(2.0F)}});
  const Tensor weight = weights(*made, torch::tensor({1.0F, 1.0F}), annotations);
  CHECK(difference(weight, torch::tensor({{0.75F, 0.25F}, {1 / 3.0F, 2 / 3.0F}})) < 1e-5);
  const Tensor values = made->values(annotations.unsqueeze(0), Precision::kFloat32);
  CHECK(difference(values[0], annotations.t().unsqueeze(2)) == 0);
  CHECK(difference(made->combine(torch::tensor({{{2.0F}, {5.0F}}})), torch::tensor({{7.0F, -3.0F}})) < 1e-6);
  CHECK_THROWS_WITH_AS(weighting("multi-head", {{2, 2, 3, 2}, {1, 2}, "scaled-dot"}, "heads", "2"),
                       doctest::Contains("no multiple of the 2 heads"), Error);
  CHECK_THROWS_WITH_AS(weighting("multi-head", {{2, 2, 2, 2}, {1, 2}, "additive"}, "heads", "2"),
                       doctest::Contains("scaled-dot, not additive"), Error);
}

TEST_CASE("all weightings and scores give weights that sum to 1, independently per caption") {
  const Grid grid{3, 3};
  for (const auto& name : models::weighting_registry().names()) {
    for (const auto& alignment : models::alignment_registry().names()) {
      if (name == "multi-head" && alignment != "scaled-dot") continue;
      if (name == "hierarchical" && (alignment == "location" || alignment == "content")) continue;
      CAPTURE(name);
      CAPTURE(alignment);
      torch::manual_seed(4);
      const torch::NoGradGuard no_gradient;
      const auto made = weighting(name, {{5, 6, 8, 9}, grid, alignment}, "heads", "4");
      const Tensor annotations = torch::randn({2, 9, 6}), hidden = torch::randn({2, 3, 5});
      const auto keys = made->keys(annotations, Precision::kFloat32);
      const Tensor image = torch::tensor({0, 0, 0, 1, 1, 1}, torch::kLong);
      const Tensor together = made->log_weights({hidden, image, 2, 1}, keys);
      REQUIRE(together.sizes() == torch::IntArrayRef({6, made->maps(), 9}));
      CHECK(difference(together.exp().sum(-1), torch::ones({6, made->maps()})) < 1e-5);
      for (std::int64_t row = 0; row < 6; ++row) {
        const Tensor alone = weights(*made, hidden[row / 3][row % 3], annotations[row / 3], 2);
        CHECK(difference(together[row].exp(), alone) < 1e-5);
      }
    }
  }
}
