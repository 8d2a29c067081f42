#include "core/metrics/bootstrap.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/core/metrics/golden.hpp"

using namespace saccade;
using saccade::test::make_item;

TEST_CASE("an interval contains the corpus score and depends only on the seed") {
  const metrics::Evaluation evaluation(test::load_golden("leave-one-out-200").items);
  const auto intervals = metrics::bootstrap(evaluation);
  REQUIRE(intervals.size() == evaluation.names().size());
  for (const metrics::Interval& interval : intervals) {
    CAPTURE(interval.name);
    CHECK(interval.low < interval.score);
    CHECK(interval.score < interval.high);
  }
  const auto again = metrics::bootstrap(evaluation);
  CHECK(again[0].low == intervals[0].low);
  CHECK(again[0].high == intervals[0].high);
  metrics::BootstrapOptions options;
  options.seed = 2;
  CHECK(metrics::bootstrap(evaluation, options)[0].low != intervals[0].low);
}

TEST_CASE("the confidence interval of a mean matches the theory") {
  const metrics::Evaluation evaluation(test::load_golden("dev-1000").items);
  const metrics::Scores scores = evaluation.scores();
  const std::size_t column = scores.column("rouge_l");
  double squares = 0;
  for (std::size_t i = 0; i < scores.ids.size(); ++i) {
    squares += std::pow(scores.image_score(i, column) - scores.corpus[column], 2);
  }
  const double standard_error = std::sqrt(squares) / static_cast<double>(scores.ids.size());
  const metrics::Interval interval = metrics::bootstrap(evaluation)[column];
  CHECK(interval.low == doctest::Approx(scores.corpus[column] - 1.96 * standard_error).epsilon(0.005));
  CHECK(interval.high == doctest::Approx(scores.corpus[column] + 1.96 * standard_error).epsilon(0.005));
}

TEST_CASE("a higher confidence gives a wider interval") {
  const metrics::Evaluation evaluation(test::load_golden("leave-one-out-200").items);
  metrics::BootstrapOptions narrow;
  narrow.confidence = 0.5;
  CHECK(metrics::bootstrap(evaluation, narrow)[0].low > metrics::bootstrap(evaluation)[0].low);
  CHECK(metrics::bootstrap(evaluation, narrow)[0].high < metrics::bootstrap(evaluation)[0].high);
}

TEST_CASE("the paired bootstrap distinguishes better captions from worse ones but not equal ones") {
  const test::Golden good = test::load_golden("leave-one-out-200");
  std::vector<ScoredItem> worse_items = good.items;
  const test::Golden neighbor = test::load_golden("neighbour-200");
  for (std::size_t i = 0; i < worse_items.size(); ++i) worse_items[i].hypothesis = neighbor.items[i].hypothesis;
  const metrics::Evaluation better(good.items);
  const metrics::Evaluation worse(worse_items);

  for (const metrics::Comparison& comparison : metrics::paired_bootstrap(worse, better)) {
    CAPTURE(comparison.name);
    CHECK(comparison.difference == comparison.b - comparison.a);
    CHECK(comparison.low > 0);
    CHECK(comparison.low < comparison.difference);
    CHECK(comparison.high > comparison.difference);
    CHECK(comparison.b_wins == 1);
    CHECK(comparison.p_value == doctest::Approx(2.0 / 1001));
  }
  for (const metrics::Comparison& comparison : metrics::paired_bootstrap(better, better)) {
    CHECK(comparison.difference == 0);
    CHECK(comparison.b_wins == 0.5);
    CHECK(comparison.p_value == 1);
  }
}

TEST_CASE("a loss is a fraction of the score, with an interval over the same resampled images") {
  // If captions are as long as their references, BLEU-1 is the share of correct words, here 1 and 3/4.
  const std::vector<ScoredItem> right{make_item("1", "a b", {"a b"}), make_item("2", "c d", {"c d"})};
  const std::vector<ScoredItem> wrong{make_item("1", "a x", {"a b"}), make_item("2", "c d", {"c d"})};
  const metrics::Evaluation whole(right), less(wrong);
  const metrics::Interval loss = metrics::paired_loss(whole, less, "bleu_1");
  CHECK(loss.name == "bleu_1");
  CHECK(loss.score == doctest::Approx(0.25));
  CHECK(loss.low == doctest::Approx(0).epsilon(1e-9));  // the second image twice
  CHECK(loss.high == doctest::Approx(0.5));             // the first image twice
  CHECK(metrics::paired_loss(less, whole, "bleu_1").score == doctest::Approx(-1.0 / 3));
  const metrics::Evaluation nothing({make_item("1", "x y", {"a b"}), make_item("2", "x y", {"c d"})});
  CHECK(metrics::paired_loss(nothing, whole, "rouge_l").score == 0);
  CHECK_THROWS_WITH_AS(metrics::paired_loss(whole, less, "charm"),
                       doctest::Contains("there is no score 'charm'; choose one of bleu_1, "), Error);
  CHECK_THROWS_AS(metrics::paired_loss(whole, metrics::Evaluation({right.front()}), "bleu_1"), Error);
}

TEST_CASE("inputs that cannot be resampled or compared are errors") {
  const metrics::Evaluation one({make_item("1", "a", {"a"})});
  const metrics::Evaluation other({make_item("2", "a", {"a"})});
  const metrics::Evaluation two({make_item("1", "a", {"a"}), make_item("2", "a", {"a"})});
  metrics::EvaluationOptions bleu_alone;
  bleu_alone.metrics = {"bleu"};
  const metrics::Evaluation bleu({make_item("1", "a", {"a"})}, bleu_alone);
  CHECK_THROWS_WITH_AS(metrics::paired_bootstrap(one, other),
                       "the two evaluations are of different images: number 1 is \"1\" in one and \"2\" in the other",
                       Error);
  CHECK_THROWS_WITH_AS(metrics::paired_bootstrap(one, two), "the two evaluations are of 1 and 2 images", Error);
  CHECK_THROWS_AS(metrics::paired_bootstrap(one, bleu), Error);
  metrics::BootstrapOptions options;
  options.confidence = 95;
  CHECK_THROWS_WITH_AS(metrics::bootstrap(one, options), "a confidence of 95 is not between 0 and 1", Error);
  options.confidence = 0.95;
  options.resamples = 0;
  CHECK_THROWS_WITH_AS(metrics::bootstrap(one, options), "a bootstrap needs at least 1 resample", Error);
}
