#include "core/text/vocabulary.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"

using namespace saccade;
using Words = std::vector<std::string>;

TEST_CASE("the four special tokens come first") {
  const Vocabulary vocabulary({"dog", "cat"});
  CHECK(vocabulary.size() == 6);
  CHECK(vocabulary.word(Vocabulary::kPad) == "<pad>");
  CHECK(vocabulary.word(Vocabulary::kStart) == "<start>");
  CHECK(vocabulary.word(Vocabulary::kEnd) == "<end>");
  CHECK(vocabulary.word(Vocabulary::kUnknown) == "<unk>");
  CHECK(vocabulary.word(4) == "dog");
  CHECK(vocabulary.word(5) == "cat");
  CHECK(Vocabulary({}).size() == Vocabulary::kSpecials);
}

TEST_CASE("words are sorted by frequency, then alphabetically") {
  const auto vocabulary = Vocabulary::build({{"b", "a", "c"}, {"c", "d", "c"}, {"d", "a", "b"}}, 1);
  CHECK(vocabulary.words() == Words{"c", "a", "b", "d"});
}

TEST_CASE("words that occur fewer than min_count times are omitted") {
  const std::vector<Words> captions{{"once", "twice", "thrice"}, {"twice", "thrice", "thrice"}};
  CHECK(Vocabulary::build(captions, 1).words() == Words{"thrice", "twice", "once"});
  CHECK(Vocabulary::build(captions, 2).words() == Words{"thrice", "twice"});
  CHECK(Vocabulary::build(captions, 3).words() == Words{"thrice"});
  CHECK(Vocabulary::build(captions, 4).words().empty());
}

TEST_CASE("a vocabulary can be created from its words") {
  const auto vocabulary = Vocabulary::build({{"z", "y", "z"}, {"x"}}, 1);
  const Vocabulary again(vocabulary.words());
  CHECK(again.size() == vocabulary.size());
  for (std::int64_t i = 0; i < vocabulary.size(); ++i) CHECK(again.word(i) == vocabulary.word(i));
}

TEST_CASE("a vocabulary returns the number of a word, or of <unk> for an unknown word") {
  const Vocabulary vocabulary({"dog", "caf\xC3\xA9"});
  CHECK(vocabulary.index("dog") == 4);
  CHECK(vocabulary.index("caf\xC3\xA9") == 5);
  CHECK(vocabulary.index("cafe") == Vocabulary::kUnknown);
  CHECK(vocabulary.index("Dog") == Vocabulary::kUnknown);
  CHECK(vocabulary.index("") == Vocabulary::kUnknown);
}

TEST_CASE("an encoded caption starts with <start> and ends with <end>") {
  const Vocabulary vocabulary({"a", "dog"});
  CHECK(vocabulary.encode({"a", "big", "dog"}) ==
        std::vector<std::int64_t>{Vocabulary::kStart, 4, Vocabulary::kUnknown, 5, Vocabulary::kEnd});
  CHECK(vocabulary.encode({}) == std::vector<std::int64_t>{Vocabulary::kStart, Vocabulary::kEnd});
}

TEST_CASE("a number outside of the vocabulary is refused") {
  const Vocabulary vocabulary({"dog"});
  CHECK_THROWS_WITH_AS(vocabulary.word(5), doctest::Contains("no word number 5"), Error);
  CHECK_THROWS_WITH_AS(vocabulary.word(-1), doctest::Contains("no word number -1"), Error);
}

TEST_CASE("a repeated, special or empty word is refused") {
  CHECK_THROWS_WITH_AS(Vocabulary({"dog", "cat", "dog"}), doctest::Contains("'dog' twice"), Error);
  CHECK_THROWS_WITH_AS(Vocabulary({"<end>"}), doctest::Contains("'<end>' twice"), Error);
  CHECK_THROWS_WITH_AS(Vocabulary({"dog", ""}), doctest::Contains("empty word"), Error);
}
