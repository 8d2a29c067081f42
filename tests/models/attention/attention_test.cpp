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

/// Attends with one row per image: scores [N, L], annotations [N, L, D].
models::AttentionOutput attend(const std::string& attention, const Tensor& scores, const Tensor& annotations,
                               const models::Selection& selection = {}) {
  const auto reading = attention == "hard" ? models::Reading::kDraw : models::Reading::kExpectation;
  models::AttentionOutput attended;
  attended.log_alpha = at::log_softmax(scores, -1).unsqueeze(1);
  const auto seen =
      models::read(reading, attended.log_alpha, annotations.unsqueeze(1), at::arange(scores.size(0)), selection);
  if (seen.cell.defined()) attended.cell = seen.cell.squeeze(1);
  attended.context = seen.context.squeeze(1);
  return attended;
}

Tensor alpha_of(const models::AttentionOutput& attended) {
  return test::weights(attended.log_alpha);
}

}  // namespace

TEST_CASE("soft attention: the context is the weighted sum of the cells of the row's own image") {
  torch::manual_seed(1);
  const Tensor log_alpha = at::log_softmax(3 * torch::randn({5, 1, 4}), -1);
  const Tensor annotations = torch::randn({2, 4, 5});
  const Tensor image = torch::tensor({0, 0, 1, 1, 0}, torch::kLong);
  const auto seen = models::read(models::Reading::kExpectation, log_alpha, annotations.unsqueeze(1), image, {});
  CHECK_FALSE(seen.cell.defined());
  const Tensor alpha = test::weights(log_alpha);
  for (int row = 0; row < 5; ++row) {
    Tensor context = torch::zeros({5});
    for (int i = 0; i < 4; ++i) context += alpha[row][i] * annotations[image[row].item<std::int64_t>()][i];
    CHECK(difference(seen.context[row][0], context) < 1e-6);
  }
}

TEST_CASE("each of several maps reads its own values and samples its own cell") {
  const Tensor log_alpha = torch::tensor({{{0.25F, 0.75F}, {1.0F, 1e-30F}}}).log();  // [1, 2, 2]
  const Tensor values = torch::tensor({{{{1.0F}, {2.0F}}, {{10.0F}, {20.0F}}}});     // [1, 2, 2, 1]
  const Tensor image = torch::zeros({1}, torch::kLong);
  const auto soft = models::read(models::Reading::kExpectation, log_alpha, values, image, {});
  CHECK(difference(soft.context, torch::tensor({{{1.75F}, {10.0F}}})) < 1e-5);
  models::Selection selection;
  selection.uniform = torch::tensor({{0.2F, 0.9F}});
  const auto hard = models::read(models::Reading::kDraw, log_alpha, values, image, selection);
  CHECK(hard.cell.equal(torch::tensor({{0, 0}}, torch::kLong)));
  CHECK(difference(hard.context, torch::tensor({{{1.0F}, {10.0F}}})) == 0);
}

TEST_CASE("soft attention: a cell whose score is larger by ln 3 has three times the weight") {
  const auto attended = attend("soft", torch::tensor({{std::log(3.0), 0.0}}), torch::tensor({{{4.0}, {8.0}}}));
  CHECK(difference(alpha_of(attended), torch::tensor({{0.75, 0.25}})) < 1e-6);
  CHECK(difference(attended.context, torch::tensor({{5.0}})) < 1e-6);
}

TEST_CASE("soft attention: huge scores do not overflow") {
  const auto attended = attend("soft", torch::tensor({{1e4F, 0.0F}}), torch::ones({1, 2, 1}));
  CHECK(difference(alpha_of(attended), torch::tensor({{1.0F, 0.0F}})) == 0);
}

TEST_CASE("hard attention reads one cell: the medoid, the largest weight, a sample, or a given one") {
  const Tensor scores = torch::tensor({{0.1F, 0.3F, 0.6F}}).log();
  const Tensor annotations = torch::tensor({{{1.0F, 10.0F}, {3.0F, 30.0F}, {4.0F, 40.0F}}});
  const auto seen = [&](const models::Selection& selection) {
    const auto attended = attend("hard", scores, annotations, selection);
    CHECK(difference(alpha_of(attended), torch::tensor({{0.1F, 0.3F, 0.6F}})) < 1e-6);
    const auto cell = attended.cell.item<std::int64_t>();
    CHECK(difference(attended.context, annotations[0][cell].unsqueeze(0)) == 0);
    return cell;
  };
  CHECK(seen({}) == 1);  // 3 is nearest to the weighted mean 0.1 + 0.9 + 2.4
  models::Selection likeliest;
  likeliest.likeliest = true;
  CHECK(seen(likeliest) == 2);
  models::Selection drawn;
  for (const auto& [number, cell] :
       {std::pair{0.0F, 0}, {0.09F, 0}, {0.11F, 1}, {0.39F, 1}, {0.41F, 2}, {0.99999994F, 2}}) {
    drawn.uniform = torch::tensor({{number}});
    CHECK(seen(drawn) == cell);
  }
  models::Selection given;
  given.cell = torch::tensor({{1}}, torch::kLong);
  CHECK(seen(given) == 1);
}

TEST_CASE("hard attention: rows with the weighted mean match soft attention") {
  torch::manual_seed(2);
  const Tensor scores = torch::randn({3, 4}), annotations = torch::randn({3, 4, 2});
  models::Selection selection;
  selection.expected = torch::tensor({true, false, true});
  const auto hard = attend("hard", scores, annotations, selection);
  const auto soft = attend("soft", scores, annotations);
  CHECK(hard.cell[0].item<std::int64_t>() == -1);
  CHECK(hard.cell[1].equal(attend("hard", scores, annotations).cell[1]));
  CHECK(difference(hard.context[0], soft.context[0]) < 1e-6);
  CHECK(difference(hard.context[2], soft.context[2]) < 1e-6);
  CHECK(difference(hard.context[1], soft.context[1]) > 1e-2);
}

TEST_CASE("hard attention: gradients reach the selected cell but not the selection") {
  const Tensor scores = torch::zeros({1, 3}).requires_grad_();
  const Tensor annotations = torch::rand({1, 3, 2}).requires_grad_();
  models::Selection selection;
  selection.cell = torch::tensor({{2}}, torch::kLong);
  attend("hard", scores, annotations, selection).context.sum().backward();
  CHECK(difference(scores.grad(), torch::zeros({1, 3})) == 0);
  CHECK(difference(annotations.grad(), torch::tensor({{{0.0F, 0.0F}, {0.0F, 0.0F}, {1.0F, 1.0F}}})) == 0);
}

TEST_CASE("cells are sampled in proportion to their weights") {
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

TEST_CASE("the largest random number samples the last cell with weight, despite rounding") {
  const Tensor alpha = torch::softmax(torch::cat({torch::randn({1000, 49}), torch::full({1000, 3}, -200.0F)}, 1), 1);
  const Tensor cells = models::draw_cells(alpha, torch::full({1000}, 1 - 0x1p-24F));
  CHECK(cells.max().item<std::int64_t>() == 48);
  CHECK(at::gather(alpha, 1, cells.unsqueeze(1)).min().item<float>() > 0);
}

TEST_CASE("an unknown attention is refused with the list of names") {
  models::AttentionOptions options;
  options.attention = "blind";
  CHECK_THROWS_WITH_AS(models::make_attention(options, {4, 6, {2, 2}}),
                       doctest::Contains("no attention 'blind'; choose one of none, soft, hard"), Error);
}

TEST_CASE("without attention there are no maps, and there is a context only with the mean") {
  models::AttentionOptions options;
  options.attention = "none";
  const Tensor annotations = torch::tensor({{{1.0F, 2.0F}, {3.0F, 6.0F}}});
  const models::Query query{torch::zeros({1, 2, 4}), torch::zeros({2}, torch::kLong)};
  auto attention = models::make_attention(options, {4, 2, {1, 2}});
  CHECK(attention->maps() == 0);
  CHECK(attention->context_width() == 0);
  CHECK_FALSE(attention->stochastic());
  const auto nothing = attention->attend(query, attention->prepare(annotations, models::Precision::kFloat32), {});
  CHECK_FALSE(nothing.log_alpha.defined());
  CHECK_FALSE(nothing.context.defined());
  CHECK_THROWS_AS(attention->set_reading(models::Reading::kDraw), Error);
  options.mean_context = true;
  attention = models::make_attention(options, {4, 2, {1, 2}});
  const auto mean = attention->attend(query, attention->prepare(annotations, models::Precision::kFloat32), {});
  CHECK(difference(mean.context, torch::tensor({{2.0F, 4.0F}, {2.0F, 4.0F}})) < 1e-6);
}
