#include "core/data/text_files.hpp"

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;

TEST_CASE("captions and references are read line by line") {
  const test::TemporaryFolder folder;
  write_file(folder / "hyp", "a dog\r\n\na cat");
  write_file(folder / "ref0", "the dog\none bird\nthe cat\n");
  write_file(folder / "ref1", "one dog\n\none cat\n");
  const HypothesisSet hypotheses = read_text_hypotheses(folder / "hyp");
  REQUIRE(hypotheses.captions.size() == 3);
  CHECK(hypotheses.captions[0].id == "1");
  CHECK(hypotheses.captions[0].caption == "a dog");
  CHECK(hypotheses.captions[1].caption.empty());
  CHECK(hypotheses.captions[2].caption == "a cat");
  const ReferenceSet references = read_text_references({folder / "ref0", folder / "ref1"});
  REQUIRE(references.images.size() == 3);
  CHECK(references.images[0].captions == std::vector<std::string>{"the dog", "one dog"});
  CHECK(references.images[1].captions == std::vector<std::string>{"one bird"});
  CHECK(join(hypotheses, references).size() == 3);
}

TEST_CASE("malformed text files are reported with the line") {
  const test::TemporaryFolder folder;
  const std::string base = (folder / "").string();
  write_file(folder / "empty", "");
  write_file(folder / "bytes", "a\n\xff\n");
  write_file(folder / "two", "a\n\n");
  write_file(folder / "three", "a\nb\nc\n");
  CHECK_THROWS_WITH_AS(read_text_hypotheses(folder / "empty"), (base + "empty: the file is empty").c_str(), Error);
  CHECK_THROWS_WITH_AS(read_text_hypotheses(folder / "bytes"), (base + "bytes: line 2: not valid UTF-8").c_str(),
                       Error);
  write_file(folder / "zero", std::string("a\nb\0c\n", 6));
  CHECK_THROWS_WITH_AS(read_text_hypotheses(folder / "zero"), doctest::Contains("zero: line 2: holds a zero byte"),
                       Error);
  CHECK_THROWS_AS(read_text_hypotheses(folder / "missing"), Error);
  CHECK_THROWS_WITH_AS(read_text_references({}), "there is no reference file to score against", Error);
  CHECK_THROWS_WITH_AS(read_text_references({folder / "two", folder / "three"}),
                       (base + "three: has 3 lines, but " + base + "two has 2").c_str(), Error);
  CHECK_THROWS_WITH_AS(read_text_references({folder / "two"}), (base + "two: line 2: there is no reference").c_str(),
                       Error);
  CHECK_THROWS_WITH_AS(join(read_text_hypotheses(folder / "three"), {"ref", {{"1", {"a"}}, {"2", {"b"}}}}),
                       (base + "three: image \"3\" is not in ref").c_str(), Error);
}
