#include "models/training/lower_bound.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::AttentionPaths;
using models::Baseline;
using models::EstimatorOptions;
using test::difference;
using torch::Tensor;

namespace {

/// A caption of two words (including <end>) with two paths over two cells, as if returned by the decoder.
struct Example {
  AttentionPaths paths;
  models::Unrolled unrolled;
  Tensor scores;

  Example() {
    paths.repeated = models::repeat(models::pack({{1, 4, 2}}, {0}), torch::tensor({2}, torch::kLong));
    // Positions: word 1 of path 1, word 1 of path 2, word 2 of path 1, word 2 of path 2.
    // p(y) is 0.5, 0.25, 0.8 and 0.4. The words are 4 and 2 of a vocabulary of 5.
    unrolled.logits = torch::full({4, 5}, -100.0, torch::kDouble);
    const double p[] = {0.5, 0.25, 0.8, 0.4};
    for (int i = 0; i < 4; ++i) {
      unrolled.logits[i][i < 2 ? 4 : 2] = std::log(p[i]);
      unrolled.logits[i][3] = std::log(1 - p[i]);
    }
    unrolled.logits.requires_grad_();
    scores = torch::tensor({{0.5, 0.5}, {0.5, 0.5}, {0.1, 0.9}, {0.6, 0.4}}, torch::kDouble).log().requires_grad_();
    unrolled.log_alpha = at::log_softmax(scores, -1).unsqueeze(1);  // one map
    unrolled.cell = torch::tensor({0, 1, 1, 0}, torch::kLong).unsqueeze(1);
    unrolled.before =
        torch::tensor({{1.0, 0.0, 0.0}, {1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}, torch::kDouble);
  }

  Tensor loss(const EstimatorOptions& options, models::RewardBaseline& baseline) {
    models::LossOptions plain;
    plain.label_smoothing = 0;
    return models::lower_bound_loss(unrolled, paths, plain, options, baseline).total;
  }

  /// The gradient with respect to the scores, [4, 2].
  Tensor gradient(const EstimatorOptions& options) {
    models::RewardBaseline baseline(3);
    scores.mutable_grad() = Tensor();
    loss(options, baseline).backward({}, /*retain_graph=*/true);
    return scores.grad().defined() ? scores.grad() : torch::zeros_like(scores);
  }
};

EstimatorOptions plain_options() {
  EstimatorOptions options;
  options.samples = 2;
  options.expected_share = 0;
  options.baseline = Baseline::kNone;
  options.entropy_weight = 0;
  return options;
}

/// The gradient that `advantage` times d log alpha_cell / d e adds to the loss with 2 paths and 2 words.
Tensor expected_gradient(double advantage, double alpha0, double alpha1, int cell) {
  return torch::tensor({(cell == 0) - alpha0, (cell == 1) - alpha1}, torch::kDouble) * -advantage / 4;
}

const double kFirst = std::log(0.5) + std::log(0.8), kSecond = std::log(0.25) + std::log(0.4);

}  // namespace

TEST_CASE("the reward of a cell is total or to go") {
  Example example;
  EstimatorOptions options = plain_options();
  options.reward_to_go = false;
  Tensor gradient = example.gradient(options);
  CHECK(difference(gradient[0], expected_gradient(kFirst, 0.5, 0.5, 0)) < 1e-12);
  CHECK(difference(gradient[3], expected_gradient(kSecond, 0.6, 0.4, 0)) < 1e-12);
  options.reward_to_go = true;
  options.reward_weight = 3;
  gradient = example.gradient(options);
  CHECK(difference(gradient[0], 3 * expected_gradient(kFirst, 0.5, 0.5, 0)) < 1e-12);
  CHECK(difference(gradient[2], 3 * expected_gradient(std::log(0.8), 0.1, 0.9, 1)) < 1e-12);
  CHECK(difference(gradient[3], 3 * expected_gradient(std::log(0.4), 0.6, 0.4, 0)) < 1e-12);
}

TEST_CASE("the leave-one-out baseline is the other sample's reward at the same step") {
  Example example;
  EstimatorOptions options = plain_options();
  options.baseline = Baseline::kLeaveOneOut;
  const Tensor gradient = example.gradient(options);
  CHECK(difference(gradient[0], expected_gradient(kFirst - kSecond, 0.5, 0.5, 0)) < 1e-12);
  CHECK(difference(gradient[1], expected_gradient(kSecond - kFirst, 0.5, 0.5, 1)) < 1e-12);
  CHECK(difference(gradient[2], expected_gradient(std::log(0.8) - std::log(0.4), 0.1, 0.9, 1)) < 1e-12);
}

TEST_CASE("the value of the loss is the mean negative log-likelihood over the paths") {
  Example example;
  EstimatorOptions options = plain_options();
  options.reward_weight = 0;
  models::RewardBaseline baseline(3);
  CHECK(example.loss(options, baseline).item<double>() == doctest::Approx(-(kFirst + kSecond) / 4));
  CHECK(difference(example.gradient(options), torch::zeros({4, 2}, torch::kDouble)) == 0);
}

TEST_CASE("the entropy term increases the entropy of the attention weights") {
  Example example;
  EstimatorOptions options = plain_options();
  options.reward_weight = 0;
  options.entropy_weight = 0.5;
  models::RewardBaseline baseline(3);
  const double entropy[] = {std::log(2.0), std::log(2.0), -0.1 * std::log(0.1) - 0.9 * std::log(0.9),
                            -0.6 * std::log(0.6) - 0.4 * std::log(0.4)};
  const double all = entropy[0] + entropy[1] + entropy[2] + entropy[3];
  CHECK(example.loss(options, baseline).item<double>() == doctest::Approx(-(kFirst + kSecond) / 4 - 0.5 * all / 4));
  CHECK(example.gradient(options)[2][1].item<double>() > 0);  // a descent step lowers the score of the heavier cell
}

TEST_CASE("the moving average is used before it is updated, with decay 0.9") {
  Example example;
  EstimatorOptions options = plain_options();
  options.baseline = Baseline::kMovingAverage;
  options.reward_to_go = false;
  models::RewardBaseline baseline(3);
  const Tensor all = torch::zeros({1}, torch::kLong);
  example.loss(options, baseline);
  const double mean = (kFirst + kSecond) / 2;
  CHECK(baseline.average(all).item<double>() == doctest::Approx(mean));  // the first reward initializes the average
  baseline.update_average(all, torch::zeros({1}, torch::kDouble), options.baseline_decay);
  CHECK(baseline.average(all).item<double>() == doctest::Approx(0.9 * mean));
  example.scores.mutable_grad() = Tensor();
  example.loss(options, baseline).backward();
  CHECK(difference(example.scores.grad()[0], expected_gradient(kFirst - 0.9 * mean, 0.5, 0.5, 0)) < 1e-12);
  CHECK(baseline.average(all).item<double>() == doctest::Approx(0.9 * 0.9 * mean + 0.1 * mean));
}

TEST_CASE("with rewards to go, there is a moving average for each number of remaining words") {
  Example example;
  EstimatorOptions options = plain_options();
  options.baseline = Baseline::kMovingAverage;
  models::RewardBaseline baseline(3);
  example.loss(options, baseline);
  const Tensor averages = baseline.average(torch::tensor({0, 1, 2, 3}, torch::kLong));
  CHECK(averages[0].item<double>() == 0);
  CHECK(averages[1].item<double>() == doctest::Approx((std::log(0.8) + std::log(0.4)) / 2));
  CHECK(averages[2].item<double>() == doctest::Approx((kFirst + kSecond) / 2));
  CHECK(averages[3].item<double>() == 0);
}

TEST_CASE("the learned baseline predicts rewards from states") {
  Example example;
  EstimatorOptions options = plain_options();
  options.baseline = Baseline::kLearned;
  models::RewardBaseline baseline(3);
  for (int i = 0; i < 200; ++i) example.loss(options, baseline);
  // Both paths start in the same state, whose reward is their mean. Their second states differ, and so do the rewards.
  const Tensor predicted = baseline.deviation(example.unrolled.before);
  const double mean = (std::log(0.8) + std::log(0.4)) / 2;
  CHECK(predicted[0].item<double>() == doctest::Approx(0).epsilon(1e-3));
  CHECK(predicted[2].item<double>() == doctest::Approx(std::log(0.8) - mean).epsilon(1e-3));
  CHECK(predicted[3].item<double>() == doctest::Approx(std::log(0.4) - mean).epsilon(1e-3));
  example.scores.mutable_grad() = Tensor();
  example.loss(options, baseline).backward();
  CHECK(example.scores.grad()[2].abs().max().item<double>() < 1e-3);  // the advantage is zero
}

TEST_CASE("the box and coverage terms weight captions equally, whatever the number of paths") {
  // Two captions of one word and <end>: the first has two paths, and the second has one row with the weighted mean.
  const auto batch = models::pack({{1, 4, 2}, {1, 4, 2}}, {0, 1});
  AttentionPaths paths;
  paths.repeated = models::repeat(batch, torch::tensor({2, 1}, torch::kLong));
  CHECK(difference(paths.repeated.shares(), torch::tensor({0.5, 0.5, 1.0, 0.5, 0.5, 1.0})) == 0);
  models::Unrolled unrolled;
  unrolled.logits = torch::zeros({6, 5}, torch::kDouble);
  const double left[] = {0.5, 0.25, 0.8, 0.5, 0.25, 0.8};  // alpha of the first of two cells for each word
  std::vector<double> alpha;
  for (const double a : left) alpha.insert(alpha.end(), {a, 1 - a});
  unrolled.log_alpha = torch::tensor(alpha, torch::kDouble).view({6, 1, 2}).log();
  unrolled.cell = torch::tensor({0, 1, -1, 1, 0, -1}, torch::kLong).unsqueeze(1);
  EstimatorOptions options = plain_options();
  options.reward_weight = 0;
  const models::MapTargets maps{torch::tensor({0, 1}, torch::kLong), torch::tensor({{1.0, 0.0}, {1.0, 0.0}}), 1};
  const auto loss = [&](double coverage, double boxes) {
    models::LossOptions terms;
    terms.label_smoothing = 0;
    terms.doubly_stochastic = coverage;
    terms.boxes_weight = boxes;
    models::RewardBaseline baseline(3);
    return models::lower_bound_loss(unrolled, paths, terms, options, baseline, {}, maps).total.item<double>();
  };
  const double outside = ((-std::log(0.5) - std::log(0.25)) / 2 - std::log(0.8)) / 2;
  CHECK(loss(0, 1) - loss(0, 0) == doctest::Approx(outside));
  const auto coverage_term = [](double a) { return (std::pow(1 - 2 * a, 2) + std::pow(1 - 2 * (1 - a), 2)) / 2; };
  CHECK(loss(1, 0) - loss(0, 0) ==
        doctest::Approx(((coverage_term(0.5) + coverage_term(0.25)) / 2 + coverage_term(0.8)) / 2));
}

TEST_CASE("an image with the weighted mean has one row per caption and no reward term") {
  torch::manual_seed(11);
  const auto batch = models::pack({{1, 4, 2}, {1, 5, 2}, {1, 6, 2}, {1, 7, 2}}, {0, 0, 1, 1});
  int together = 0, expected = 0;
  for (int i = 0; i < 400; ++i) {
    const AttentionPaths paths = models::draw_paths(batch, 3, 0.5);
    const Tensor copies = at::bincount(paths.repeated.row);
    if (copies[0].equal(copies[1]) && copies[2].equal(copies[3])) ++together;
    if (copies[0].item<std::int64_t>() == 1) ++expected;
    REQUIRE(paths.expected.sum().item<std::int64_t>() == (copies == 1).sum().item<std::int64_t>());
    REQUIRE(paths.uniform.size(0) == 2 * paths.repeated.row.size(0));
  }
  CHECK(together == 400);
  CHECK(expected > 160);
  CHECK(expected < 240);

  Example example;
  example.paths.expected = torch::ones({2}, torch::kBool);
  example.unrolled.cell = torch::full({4, 1}, -1, torch::kLong);
  CHECK(difference(example.gradient(plain_options()), torch::zeros({4, 2}, torch::kDouble)) == 0);
}

TEST_CASE("the paths of a caption share a dropout mask") {
  torch::manual_seed(12);
  test::DecoderPlan plan = test::tiny_plan();
  plan.options.attention.attention = "hard";
  const auto decoder = test::tiny_decoder(3, plan);
  decoder->train();
  const auto batch = models::pack({{1, 4, 5, 6, 2}}, {0});
  AttentionPaths paths = models::draw_paths(batch, 2, 0);
  paths.cell = torch::zeros({8, 1}, torch::kLong);  // both paths select the same cells
  models::UnrollOptions options;
  options.word_dropout = options.dropout = 0.5;
  const auto unrolled = decoder->unroll(torch::randn({1, 4, 6}), batch, paths, options);
  const Tensor logits = unrolled.logits.view({4, 2, -1});
  CHECK(difference(logits.select(1, 0), logits.select(1, 1)) < 1e-6);
}

TEST_CASE("baselines have names") {
  CHECK(models::baseline_of("leave-one-out") == Baseline::kLeaveOneOut);
  CHECK_THROWS_WITH_AS(models::baseline_of("x"),
                       doctest::Contains("no baseline 'x'; choose one of none, moving-average, learned, leave-one-out"),
                       Error);
}
