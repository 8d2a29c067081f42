#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "tests/temporary_folder.hpp"

// Lists of images, and the part of a dataset that such a list names.

using namespace saccade;
using Names = std::vector<std::string>;

namespace {

Names read(const std::string& content) {
  const test::TemporaryFolder folder;
  write_file(folder / "list.txt", content);
  return read_list(folder / "list.txt");
}

}  // namespace

TEST_CASE("a list names an image a line, in its own order") {
  CHECK(read("b.jpg\na.jpg\nsub/c d.jpg\n") == Names{"b.jpg", "a.jpg", "sub/c d.jpg"});
}

TEST_CASE("a list's byte order mark, Windows line ends, trailing blanks and blank lines do not matter") {
  CHECK(read("\xEF\xBB\xBF"
             "a.jpg\r\n\r\n  \nb.jpg \t\nc.jpg") == Names{"a.jpg", "b.jpg", "c.jpg"});
}

TEST_CASE("a list that names nothing, or one image twice, is refused") {
  CHECK_THROWS_WITH_AS(read(""), doctest::Contains("list.txt: the list names no image"), Error);
  CHECK_THROWS_WITH_AS(read("\n \r\n"), doctest::Contains("the list names no image"), Error);
  CHECK_THROWS_WITH_AS(read("a.jpg\nb.jpg\na.jpg\n"), doctest::Contains("list.txt: line 3: 'a.jpg' is listed twice"),
                       Error);
}

TEST_CASE("a listed name may not lead out of the images' folder") {
  CHECK_THROWS_WITH_AS(read("a.jpg\n../b.jpg\n"), doctest::Contains("list.txt: line 2: "), Error);
  CHECK_THROWS_WITH_AS(read("/a.jpg\n"), doctest::Contains("leads out"), Error);
  CHECK_THROWS_WITH_AS(read("caf\xE9.jpg\n"), doctest::Contains("line 1: the image's name is not valid UTF-8"), Error);
}

TEST_CASE("a list that is not there is refused by name") {
  CHECK_THROWS_WITH_AS(read_list("/nowhere/list.txt"), doctest::Contains("/nowhere/list.txt: cannot open"), Error);
}

TEST_CASE("a dataset's listed images are taken in the list's order") {
  const CaptionDataset dataset{{"a.jpg", {{"a"}}}, {"b.jpg", {{"b"}}}, {"c.jpg", {{"c"}}}};
  const auto selected = select(dataset, {"c.jpg", "a.jpg"}, "captions.txt");
  REQUIRE(selected.size() == 2);
  CHECK(selected[0].name == "c.jpg");
  CHECK(selected[0].captions == dataset[2].captions);
  CHECK(selected[1].name == "a.jpg");
}

TEST_CASE("a listed image without captions is refused, naming the captions file") {
  CHECK_THROWS_WITH_AS(select({{"a.jpg", {{"a"}}}}, {"a.jpg", "z.jpg"}, "captions.txt"),
                       doctest::Contains("captions.txt: there is no caption of the listed image 'z.jpg'"), Error);
}
