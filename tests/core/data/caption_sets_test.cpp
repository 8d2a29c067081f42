#include "core/data/caption_sets.hpp"

#include <doctest/doctest.h>

#include "core/base/error.hpp"

using namespace saccade;

namespace {

const ReferenceSet kReferences = {"ref.json", {{"1", {"A dog.", "It's a dog"}}, {"2", {"a cat"}}}};

}  // namespace

TEST_CASE("hypotheses are joined with references in the order of the references") {
  const auto items = join({"hyp.json", {{"2", "A cat!"}, {"1", "The dog's"}}}, kReferences);
  REQUIRE(items.size() == 2);
  CHECK(items[0].id == "1");
  CHECK(items[0].hypothesis == Tokens{"the", "dog", "'s"});
  CHECK(items[0].references == std::vector<Tokens>{{"a", "dog"}, {"it", "'s", "a", "dog"}});
  CHECK(items[1].hypothesis == Tokens{"a", "cat"});
}

TEST_CASE("tokenized text is split only at white space") {
  JoinOptions options;
  options.tokenization = Tokenization::kWhiteSpace;
  const auto items = join({"hyp", {{"1", "The dog's ."}, {"2", ""}}}, kReferences, options);
  CHECK(items[0].hypothesis == Tokens{"The", "dog's", "."});
  CHECK(items[1].hypothesis.empty());
}

TEST_CASE("images without a hypothesis are an error, or omitted on request") {
  const HypothesisSet one = {"hyp.json", {{"2", "a cat"}}};
  CHECK_THROWS_WITH_AS(join(one, kReferences),
                       "hyp.json: 1 of the 2 images of ref.json have no caption; the first of them is \"1\"", Error);
  JoinOptions options;
  options.allow_missing = true;
  const auto items = join(one, kReferences, options);
  REQUIRE(items.size() == 1);
  CHECK(items[0].id == "2");
  CHECK_THROWS_WITH_AS(join({"hyp.json", {}}, kReferences, options), "hyp.json: there is no caption to score", Error);
}

TEST_CASE("inconsistent captions and references are reported") {
  CHECK_THROWS_WITH_AS(join({"hyp", {{"1", "a"}, {"1", "b"}}}, kReferences),
                       "hyp: image \"1\" has more than one caption", Error);
  CHECK_THROWS_WITH_AS(join({"hyp", {{"3", "a"}}}, kReferences), "hyp: image \"3\" is not in ref.json", Error);
  CHECK_THROWS_WITH_AS(join({"hyp", {{"1", "a"}}}, {"ref", {{"1", {}}}}), "ref: image \"1\" of hyp has no reference",
                       Error);
  CHECK_THROWS_WITH_AS(join({"hyp", {{"1", "a"}}}, {"ref", {{"1", {"a"}}, {"1", {"b"}}}}),
                       "ref: image \"1\" is there more than once", Error);
  CHECK_THROWS_WITH_AS(join({"hyp", {{"1", "\xff"}}}, {"ref", {{"1", {"a"}}}}),
                       "hyp: image \"1\": the caption \"\xff\" is not valid UTF-8", Error);
}
