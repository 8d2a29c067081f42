#include "core/text/wordnet.hpp"

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/core/metrics/small_wordnet.hpp"

using namespace saccade;
using saccade::WordNet;

using Sets = std::vector<std::uint32_t>;

TEST_CASE("words have the synonym sets of all parts of speech and of their base forms") {
  const test::TemporaryFolder folder;
  test::write_small_wordnet(folder.path());
  const WordNet wordnet(folder.path());
  CHECK(wordnet.synonym_sets("dog") == Sets{100, 900});
  CHECK(wordnet.synonym_sets("dogs") == Sets{100, 900});
  CHECK(wordnet.synonym_sets("dogging") == Sets{});  // "dogg" is not a word
  CHECK(wordnet.synonym_sets("children") == Sets{200});
  CHECK(wordnet.synonym_sets("running") == Sets{300, 900});
  CHECK(wordnet.synonym_sets("zebra") == Sets{});
  CHECK(wordnet.synonym_sets("hot dog") == Sets{});
}

TEST_CASE("a missing or invalid WordNet is reported with its path") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(WordNet{folder.path()}, Error);
  test::write_small_wordnet(folder.path());
  write_file(folder / "index.adj", "  1 a licence\nbig a 3 0 1 0 00000001 00000002\n");
  const std::string index = (folder / "index.adj").string() + ": line 2: not a line of a WordNet index";
  CHECK_THROWS_WITH_AS(WordNet{folder.path()}, index.c_str(), Error);
  test::write_small_wordnet(folder.path());
  write_file(folder / "adv.exc", "better\n");
  const std::string exceptions = (folder / "adv.exc").string() + ": line 1: an inflected form without a base form";
  CHECK_THROWS_WITH_AS(WordNet{folder.path()}, exceptions.c_str(), Error);
}
