#include "core/metrics/evaluation.hpp"

#include <chrono>
#include <cmath>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/core/metrics/golden.hpp"

using namespace saccade;
using saccade::test::make_item;

TEST_CASE("all metrics match the golden scores") {
  for (const std::string& name : test::golden_names()) {
    CAPTURE(name);
    const test::Golden golden = test::load_golden(name);
    const metrics::Scores scores = metrics::score_all(golden.items);
    REQUIRE(scores.ids.size() == golden.items.size());
    for (const auto& [key, expected] : golden.corpus) {
      CAPTURE(key);
      const std::size_t column = scores.column(key);
      CHECK(std::abs(scores.corpus[column] - expected) < 1e-12);
      for (std::size_t i = 0; i < golden.items.size(); ++i) {
        CHECK(std::abs(scores.image_score(i, column) - golden.images[i].at(key)) < 1e-12);
      }
    }
  }
}

TEST_CASE("the scores of a sample match those of a corpus with the sampled images") {
  const test::Golden golden = test::load_golden("edge");
  metrics::EvaluationOptions options;
  options.metrics = {"bleu", "rouge_l"};
  const metrics::Evaluation evaluation(golden.items, options);
  std::vector<std::uint32_t> counts(golden.items.size(), 0);
  counts[2] = 2;
  counts[5] = 1;
  std::vector<ScoredItem> items = {golden.items[2], golden.items[2], golden.items[5]};
  items[1].id = "the same again";
  const metrics::Scores expected = metrics::score_all(items, options);
  const std::vector<double> sample = evaluation.score_sample(counts);
  REQUIRE(sample.size() == expected.corpus.size());
  for (std::size_t i = 0; i < sample.size(); ++i)
    CHECK(sample[i] == doctest::Approx(expected.corpus[i]).epsilon(1e-12));

  CHECK_THROWS_WITH_AS(evaluation.score_sample({1, 2}), "a sample of 2 images from 20", Error);
  CHECK_THROWS_AS(evaluation.score_sample(std::vector<std::uint32_t>(20, 0)), Error);
}

TEST_CASE("metrics are selected by name") {
  CHECK(metrics::metric_names().front() == "bleu");
  const std::vector<ScoredItem> items = {make_item("1", "a dog", {"a dog"})};
  metrics::EvaluationOptions options;
  options.metrics = {"rouge_l"};
  const metrics::Scores scores = metrics::score_all(items, options);
  CHECK(scores.names == std::vector<std::string>{"rouge_l"});
  CHECK(scores.corpus_score("rouge_l") == doctest::Approx(1));
  CHECK_THROWS_WITH_AS(scores.column("cider"), "there is no score \"cider\"; there are rouge_l", Error);
  options.metrics = {"spice"};
  const std::string names = "there is no metric \"spice\"; known are bleu, rouge_l, cider";
  CHECK_THROWS_WITH_AS(metrics::score_all(items, options), doctest::Contains(names.c_str()), Error);
}

TEST_CASE("CIDEr can use the document frequencies of another corpus") {
  const test::Golden golden = test::load_golden("leave-one-out-200");
  std::vector<std::vector<Tokens>> references;
  for (const ScoredItem& item : golden.items) references.push_back(item.references);
  metrics::EvaluationOptions options;
  options.metric.document_frequencies = std::make_shared<metrics::DocumentFrequencies>(references);
  const std::vector<ScoredItem> part(golden.items.begin(), golden.items.begin() + 10);
  const metrics::Scores scores = metrics::score_all(part, options);
  for (std::size_t i = 0; i < part.size(); ++i) {
    CHECK(scores.image_score(i, scores.column("cider_d")) ==
          doctest::Approx(golden.images[i].at("cider_d")).epsilon(1e-12));
  }
}

TEST_CASE("images are ranked from worst to best, with stable ties") {
  const metrics::Scores scores =
      metrics::score_all({make_item("good", "a dog runs", {"a dog runs"}), make_item("bad", "x", {"a cat"}),
                          make_item("bad too", "y", {"a cat"})});
  CHECK(metrics::rank_images(scores, "rouge_l") == std::vector<std::size_t>{1, 2, 0});
  CHECK_THROWS_AS(metrics::rank_images(scores, "spice"), Error);
}

TEST_CASE("1000 images are scored quickly") {
  const test::Golden golden = test::load_golden("dev-1000");
  const auto start = std::chrono::steady_clock::now();
  metrics::score_all(golden.items);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  // Takes about 0.05 s in a release build. The limit allows for sanitizers and busy machines.
  CHECK(seconds.count() < 5.0);
}
