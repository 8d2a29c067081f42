#include "models/attention/attention.hpp"

#include <cmath>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using test::difference;
using torch::Tensor;

namespace {

/// One row an image.
models::Glimpse look(const std::string& attention, const Tensor& scores, const Tensor& annotations,
                     const models::Selection& selection = {}) {
  return models::make_attention(attention)->attend(scores, annotations, at::arange(scores.size(0)), selection);
}

}  // namespace

TEST_CASE("soft attention: the weights are positive and sum to one, the context is the weighted sum of the cells") {
  torch::manual_seed(1);
  const Tensor scores = 3 * torch::randn({5, 4});
  const Tensor annotations = torch::randn({2, 4, 5});
  const Tensor image = torch::tensor({0, 0, 1, 1, 0}, torch::kLong);
  const auto glimpse = models::SoftAttention().attend(scores, annotations, image, {});
  CHECK(glimpse.alpha.sizes() == torch::IntArrayRef({5, 4}));
  CHECK(glimpse.alpha.min().item<float>() > 0);
  CHECK(difference(glimpse.alpha.sum(-1), torch::ones({5})) < 1e-6);
  CHECK_FALSE(glimpse.cell.defined());
  for (int row = 0; row < 5; ++row) {
    Tensor context = torch::zeros({5});
    for (int i = 0; i < 4; ++i) context += glimpse.alpha[row][i] * annotations[image[row].item<std::int64_t>()][i];
    CHECK(difference(glimpse.context[row], context) < 1e-6);
  }
}

TEST_CASE("soft attention: a cell that scores ln 3 more than another weighs three times as much") {
  const auto glimpse = look("soft", torch::tensor({{std::log(3.0), 0.0}}), torch::tensor({{{4.0}, {8.0}}}));
  CHECK(difference(glimpse.alpha, torch::tensor({{0.75, 0.25}})) < 1e-6);
  CHECK(difference(glimpse.context, torch::tensor({{5.0}})) < 1e-6);
}

TEST_CASE("soft attention: huge scores do not overflow") {
  const auto alpha = look("soft", torch::tensor({{1e4F, 0.0F}}), torch::ones({1, 2, 1})).alpha;
  CHECK(difference(alpha, torch::tensor({{1.0F, 0.0F}})) == 0);
}

TEST_CASE("hard attention sees one cell: the likeliest, the one drawn, or the one given") {
  const Tensor scores = torch::tensor({{0.1F, 0.3F, 0.6F}}).log();
  const Tensor annotations = torch::tensor({{{1.0F, 10.0F}, {2.0F, 20.0F}, {3.0F, 30.0F}}});
  const auto seen = [&](const models::Selection& selection) {
    const auto glimpse = look("hard", scores, annotations, selection);
    CHECK(difference(glimpse.alpha, torch::tensor({{0.1F, 0.3F, 0.6F}})) < 1e-6);
    const auto cell = glimpse.cell.item<std::int64_t>();
    CHECK(difference(glimpse.context, annotations[0][cell].unsqueeze(0)) == 0);
    return cell;
  };
  CHECK(seen({}) == 2);
  models::Selection drawn;
  for (const auto& [number, cell] :
       {std::pair{0.0F, 0}, {0.09F, 0}, {0.11F, 1}, {0.39F, 1}, {0.41F, 2}, {0.99999994F, 2}}) {
    drawn.uniform = torch::tensor({number});
    CHECK(seen(drawn) == cell);
  }
  models::Selection given;
  given.cell = torch::tensor({1}, torch::kLong);
  CHECK(seen(given) == 1);
}

TEST_CASE("hard attention: rows that see the expectation see what soft attention sees, and no cell") {
  torch::manual_seed(2);
  const Tensor scores = torch::randn({3, 4}), annotations = torch::randn({3, 4, 2});
  models::Selection selection;
  selection.expected = torch::tensor({true, false, true});
  const auto hard = look("hard", scores, annotations, selection);
  const auto soft = look("soft", scores, annotations);
  CHECK(hard.cell[0].item<std::int64_t>() == -1);
  CHECK(hard.cell[1].item<std::int64_t>() == scores[1].argmax().item<std::int64_t>());
  CHECK(difference(hard.context[0], soft.context[0]) < 1e-6);
  CHECK(difference(hard.context[2], soft.context[2]) < 1e-6);
  CHECK(difference(hard.context[1], soft.context[1]) > 1e-2);
}

TEST_CASE("hard attention: no gradient passes through the choice, but one reaches the cell that was seen") {
  const Tensor scores = torch::zeros({1, 3}).requires_grad_();
  const Tensor annotations = torch::rand({1, 3, 2}).requires_grad_();
  models::Selection selection;
  selection.cell = torch::tensor({2}, torch::kLong);
  look("hard", scores, annotations, selection).context.sum().backward();
  CHECK(difference(scores.grad(), torch::zeros({1, 3})) == 0);
  CHECK(difference(annotations.grad(), torch::tensor({{{0.0F, 0.0F}, {0.0F, 0.0F}, {1.0F, 1.0F}}})) == 0);
}

TEST_CASE("cells are drawn as often as they weigh, and one without weight never") {
  torch::manual_seed(3);
  constexpr int kDraws = 20000;
  const Tensor alpha = torch::tensor({0.0F, 0.5F, 0.2F, 0.0F, 0.3F, 0.0F});
  const Tensor cells = models::draw_cells(alpha.expand({kDraws, 6}), torch::rand({kDraws}));
  const Tensor count = at::bincount(cells, {}, 6);
  double chi_squared = 0;
  for (int i = 0; i < 6; ++i) {
    const double expected = kDraws * alpha[i].item<double>(), seen = count[i].item<double>();
    if (expected == 0) {
      CHECK(seen == 0);
    } else {
      chi_squared += (seen - expected) * (seen - expected) / expected;
    }
  }
  CHECK(chi_squared < 13.8);  // two degrees of freedom, p = 0.001
}

TEST_CASE("the largest random number draws the last cell that has weight, whatever the rounding of the sum") {
  const Tensor alpha = torch::softmax(torch::cat({torch::randn({1000, 49}), torch::full({1000, 3}, -200.0F)}, 1), 1);
  const Tensor cells = models::draw_cells(alpha, torch::full({1000}, 1 - 0x1p-24F));
  CHECK(cells.max().item<std::int64_t>() == 48);
  CHECK(at::gather(alpha, 1, cells.unsqueeze(1)).min().item<float>() > 0);
}

TEST_CASE("an unknown attention is refused, and the choices are named") {
  CHECK_THROWS_WITH_AS(models::make_attention("blind"),
                       doctest::Contains("no attention 'blind'; choose one of soft, hard"), Error);
  for (const auto& name : models::attention_names()) CHECK_NOTHROW(models::make_attention(name));
}
