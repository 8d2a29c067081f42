#include "core/metrics/word_use.hpp"

#include <doctest/doctest.h>

#include "core/text/tokens.hpp"

using namespace saccade;

namespace {

ScoredItem item(const char* id, const char* caption, const std::vector<const char*>& references) {
  ScoredItem result{id, split_tokens(caption), {}};
  for (const char* reference : references) result.references.push_back(split_tokens(reference));
  return result;
}

}  // namespace

TEST_CASE("a word is right if a reference contains it, and named if two references contain it") {
  // Content word stems: dog, run, grass. References: dog (3), run (2: "runs", "running"), ball (2), grass (1).
  const auto use =
      metrics::word_use({item("1", "a dog running on the grass",
                              {"the dog runs to a ball", "a dog is running", "one dog with a ball on grass"})});
  CHECK(use.captions == 1);
  CHECK(use.vocabulary == 6);
  CHECK(use.length == doctest::Approx(6));
  CHECK(use.right == doctest::Approx(1));
  CHECK(use.named == doctest::Approx(2.0 / 3));
}

TEST_CASE("shares are computed from counts over all images") {
  const auto use = metrics::word_use(
      {item("1", "a red dog", {"a dog", "the dog"}), item("2", "a red dog", {"two cats", "cats sleep", "a cat"})});
  CHECK(use.distinct == doctest::Approx(0.5));
  CHECK(use.right == doctest::Approx(1.0 / 4));
  CHECK(use.named == doctest::Approx(1.0 / 2));
}

TEST_CASE("inflections, apostrophes and hyphens are counted as in published scripts") {
  const auto use = metrics::word_use({item("1", "men's t-shirts", {"shirt", "a shirt tree", "the mens"})});
  // "mens", "t", "shirts". The stem of "trees" and "tree" is "tr", because every final e is removed.
  CHECK(use.vocabulary == 3);
  CHECK(use.right == doctest::Approx(2.0 / 3));
  const auto doubled = metrics::word_use({item("1", "a man swimming", {"people swim", "swim"})});
  CHECK(doubled.named == doctest::Approx(1));
}

TEST_CASE("a human caption is scored against the other four of five captions") {
  CHECK(metrics::word_use_of_people({item("1", "x", {"a", "b", "c", "d"})}).captions == 0);
  const auto people =
      metrics::word_use_of_people({item("1", "x", {"a dog sits", "a dog", "the dog", "a puppy", "a puppy sits"})});
  CHECK(people.captions == 1);
  CHECK(people.vocabulary == 3);
  CHECK(people.right == doctest::Approx(1));
  CHECK(people.named == doctest::Approx(0.5));  // "dog" of "dog" and "puppy"
}

TEST_CASE("F1 is the harmonic mean of the right and the named shares of one caption") {
  // References: dog (2), red (1), ball (2).
  const metrics::PeoplesWords people({split_tokens("a red dog with a ball"), split_tokens("the dogs and a ball")});
  CHECK(people.f1(split_tokens("a dog with a ball")) == doctest::Approx(1));
  CHECK(people.f1(split_tokens("a red dog on grass")) == doctest::Approx(2 * (2.0 / 3) * 0.5 / (2.0 / 3 + 0.5)));
  CHECK(people.f1(split_tokens("a red")) == 0);
  CHECK(people.f1({}) == 0);
  CHECK(metrics::PeoplesWords({}).f1(split_tokens("a dog")) == 0);
}
