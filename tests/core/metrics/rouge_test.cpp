#include "core/metrics/rouge.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/core/metrics/golden.hpp"

using namespace saccade;
using saccade::test::make_item;

TEST_CASE("ROUGE-L matches the official scorer for the corpus and each image") {
  for (const std::string& name : test::golden_names()) {
    CAPTURE(name);
    const test::Golden golden = test::load_golden(name);
    const metrics::CorpusScore result = metrics::rouge_l(golden.items);
    CHECK(std::abs(result.corpus - golden.corpus.at("rouge_l")) < 1e-12);
    REQUIRE(result.images.size() == golden.items.size());
    for (std::size_t i = 0; i < golden.items.size(); ++i) {
      CAPTURE(golden.items[i].id);
      CHECK(std::abs(result.images[i] - golden.images[i].at("rouge_l")) < 1e-12);
    }
  }
}

TEST_CASE("ROUGE-L may use precision and recall of different references") {
  // P = 2/4 for the long reference, R = 1/1 for the short one.
  const double score = metrics::rouge_l(make_item("a", "a b c d", {"a x b x x x", "a"}));
  CHECK(score == doctest::Approx((1 + 1.44) * 0.5 * 1.0 / (1.0 + 1.44 * 0.5)).epsilon(1e-12));
}

TEST_CASE("ROUGE-L of empty sentences is 0") {
  CHECK(metrics::rouge_l(make_item("a", "", {"a dog"})) == 0);
  CHECK(metrics::rouge_l(make_item("a", "a dog", {""})) == 0);
  CHECK(metrics::rouge_l(make_item("a", "", {""})) == doctest::Approx(1));
}

TEST_CASE("ROUGE-L reports the image that it cannot score") {
  CHECK_THROWS_WITH_AS(metrics::rouge_l(make_item("7", "a", {})), "image \"7\" has no reference to score against",
                       Error);
  CHECK_THROWS_AS(metrics::rouge_l(std::vector<ScoredItem>{}), Error);
}
