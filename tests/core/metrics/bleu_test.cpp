#include "core/metrics/bleu.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/core/metrics/golden.hpp"

using namespace saccade;
using saccade::ScoredItem;
using saccade::test::make_item;

TEST_CASE("BLEU matches the official scorer for the corpus and each image") {
  for (const std::string& name : test::golden_names()) {
    CAPTURE(name);
    const test::Golden golden = test::load_golden(name);
    const metrics::BleuResult result = metrics::bleu(golden.items);
    CHECK(result.totals.hypothesis_length == golden.hypothesis_length);
    CHECK(result.totals.reference_length == golden.reference_length);
    CHECK(result.totals.ngrams == golden.ngrams);
    CHECK(result.totals.matched == golden.matched);
    REQUIRE(result.images.size() == golden.items.size());
    for (std::size_t n = 0; n < 4; ++n) {
      const std::string key = "bleu_" + std::to_string(n + 1);
      CHECK(std::abs(result.corpus[n] - golden.corpus.at(key)) < 1e-12);
      for (std::size_t i = 0; i < golden.items.size(); ++i) {
        CAPTURE(golden.items[i].id);
        CHECK(std::abs(result.images[i][n] - golden.images[i].at(key)) < 1e-12);
      }
    }
  }
}

TEST_CASE("BLEU clips the count of an n-gram to its largest count in a single reference") {
  const ScoredItem item = make_item("a", "the the the the", {"the cat the dog", "the end"});
  CHECK(metrics::bleu_totals(item).matched[0] == 2);
}

TEST_CASE("BLEU uses the closest reference length, and the shorter one in a tie") {
  CHECK(metrics::bleu_totals(make_item("a", "a b c", {"a b c d", "a b"})).reference_length == 2);
  CHECK(metrics::bleu_totals(make_item("a", "a b c", {"a b c d", "a"})).reference_length == 4);
}

TEST_CASE("BLEU of an empty hypothesis is 0") {
  const metrics::BleuResult result = metrics::bleu({make_item("a", "", {"a dog"})});
  CHECK(result.corpus == metrics::BleuScore{});
}

TEST_CASE("BLEU reports the image that it cannot score") {
  CHECK_THROWS_WITH_AS(metrics::bleu({make_item("7", "a", {})}), "image \"7\" has no reference to score against",
                       Error);
  CHECK_THROWS_WITH_AS(metrics::bleu({make_item("7", "a", {"a"}), make_item("7", "b", {"a"})}),
                       "image \"7\" is in the corpus to score twice", Error);
  CHECK_THROWS_WITH_AS(metrics::bleu({}), "there is nothing to score: the corpus has no image", Error);
}
