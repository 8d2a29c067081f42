#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "tests/core/flickr8k.hpp"
#include "tests/temporary_folder.hpp"

// Tests of captions files in the format of Flickr8k and Flickr30k: name#k<TAB>caption.

using namespace saccade;
using Words = std::vector<std::string>;

namespace {

/// Reads `content` as a file captions.txt.
CaptionDataset read(const std::string& content) {
  const test::TemporaryFolder folder;
  write_file(folder / "captions.txt", content);
  return read_captions(folder / "captions.txt");
}

}  // namespace

TEST_CASE("a captions file is read with images in the order of their first caption") {
  const auto dataset = read("b.jpg#0\tA dog runs .\na.jpg#0\tTwo cats\nb.jpg#1\tThe dog\n");
  REQUIRE(dataset.size() == 2);
  CHECK(dataset[0].name == "b.jpg");
  CHECK(dataset[0].captions == std::vector<Words>{{"a", "dog", "runs"}, {"the", "dog"}});
  CHECK(dataset[1].name == "a.jpg");
  CHECK(dataset[1].captions == std::vector<Words>{{"two", "cats"}});
}

TEST_CASE("a byte order mark, Windows line ends, blank lines and a missing final line end are accepted") {
  const auto dataset = read(
      "\xEF\xBB\xBF"
      "a.jpg#0\tA dog\r\n\r\n\nb.jpg#0\tA cat");
  REQUIRE(dataset.size() == 2);
  CHECK(dataset[0].name == "a.jpg");
  CHECK(dataset[0].captions == std::vector<Words>{{"a", "dog"}});
  CHECK(dataset[1].captions == std::vector<Words>{{"a", "cat"}});
}

TEST_CASE("a name may contain a hash, a space, another script and a folder") {
  const auto dataset = read("part 1/no#7.jpg#0\ta dog\n\xE7\x8A\xAC.jpg#1\ta cat\n");
  CHECK(dataset.at(0).name == "part 1/no#7.jpg");
  CHECK(dataset.at(1).name == "\xE7\x8A\xAC.jpg");
}

TEST_CASE("a caption may contain tabs") {
  CHECK(read("a.jpg#0\ta\tdog\n").at(0).captions == std::vector<Words>{{"a", "dog"}});
}

TEST_CASE("a caption without words is skipped, and an image without other captions is an error") {
  CHECK(read("a.jpg#0\t.\na.jpg#1\tA dog\n").at(0).captions == std::vector<Words>{{"a", "dog"}});
  CHECK_THROWS_WITH_AS(read("a.jpg#0\tA dog\nb.jpg#0\t...\n"), doctest::Contains("no caption of 'b.jpg' has any word"),
                       Error);
}

TEST_CASE("a malformed line is reported with file and line") {
  const std::string good = "a.jpg#0\tA dog\n";
  CHECK_THROWS_WITH_AS(read(good + "b.jpg#0 no tab\n"), doctest::Contains("captions.txt: line 2: "), Error);
  CHECK_THROWS_WITH_AS(read(good + "b.jpg#0 no tab\n"), doctest::Contains("no tab"), Error);
  CHECK_THROWS_WITH_AS(read(good + "\n\nb.jpg\tno hash\n"), doctest::Contains("captions.txt: line 4: "), Error);
  CHECK_THROWS_WITH_AS(read(good + "b.jpg\tno hash\n"), doctest::Contains("no '#'"), Error);
  CHECK_THROWS_WITH_AS(read(good + "#0\tno name\n"), doctest::Contains("line 2: the image's name is empty"), Error);
  CHECK_THROWS_WITH_AS(read(good + "b.jpg#0\tcaf\xE9\n"), doctest::Contains("captions.txt: line 2: "), Error);
  CHECK_THROWS_WITH_AS(read(good + "b.jpg#0\tcaf\xE9\n"), doctest::Contains("not valid UTF-8"), Error);
  CHECK_THROWS_WITH_AS(read(good + "caf\xE9.jpg#0\tA dog\n"), doctest::Contains("line 2: the image's name is not"),
                       Error);
  CHECK_THROWS_WITH_AS(read(good + std::string("b\0.jpg#0\tA dog\n", 15)), doctest::Contains("line 2: "), Error);
}

TEST_CASE("a name that refers to a path outside of the image folder is refused") {
  for (const char* const name : {"../a.jpg", "/etc/passwd", "x/../../a.jpg", "x/..", ".."}) {
    CAPTURE(name);
    CHECK_THROWS_WITH_AS(read("ok.jpg#0\ta dog\n" + std::string(name) + "#0\ta dog\n"),
                         doctest::Contains("leads out of the images' folder"), Error);
  }
  CHECK_NOTHROW(read("..a.jpg#0\ta dog\nb..jpg#0\ta dog\n"));
}

TEST_CASE("an empty captions file is refused") {
  CHECK_THROWS_WITH_AS(read(""), doctest::Contains("captions.txt: the captions file is empty"), Error);
  CHECK_THROWS_WITH_AS(read(" \r\n\t\n"), doctest::Contains("the captions file is empty"), Error);
  CHECK_THROWS_WITH_AS(read("\xEF\xBB\xBF"), doctest::Contains("the captions file is empty"), Error);
}

TEST_CASE("a missing captions file or an empty folder is reported with its path") {
  CHECK_THROWS_WITH_AS(read_captions("/nowhere/captions.txt"), doctest::Contains("/nowhere/captions.txt: cannot open"),
                       Error);
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(read_captions(folder.path()), doctest::Contains("there is no caption"), Error);
}

TEST_CASE("both files of Flickr8k give the same data") {
  const auto folder = test::flickr8k();
  if (!folder) return;
  const auto lines = read_captions(*folder / "Flickr8k.token.txt");
  const auto names = read_list(*folder / "Flickr_8k.devImages.txt");
  std::vector<Finding> findings;
  const auto from_lines = select(lines, names, "Flickr8k.token.txt", findings);
  const auto from_json =
      select(read_captions(*folder / "dataset_flickr8k.json"), names, "dataset_flickr8k.json", findings);
  CHECK(findings.empty());
  REQUIRE(from_lines.size() == names.size());
  std::size_t unlike = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(from_lines[i].captions.size() == 5);
    unlike += from_lines[i].captions != from_json[i].captions ? 1 : 0;
  }
  CHECK(unlike == 0);
}
