#include "core/data/split.hpp"

#include <set>
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
  std::vector<Finding> findings;
  const auto selected = select(dataset, {"c.jpg", "a.jpg"}, "captions.txt", findings);
  CHECK(findings.empty());
  REQUIRE(selected.size() == 2);
  CHECK(selected[0].name == "c.jpg");
  CHECK(selected[0].captions == dataset[2].captions);
  CHECK(selected[1].name == "a.jpg");
}

TEST_CASE("a listed image without captions is found, naming the captions file") {
  std::vector<Finding> findings;
  CHECK(select({{"a.jpg", {{"a"}}}}, {"a.jpg", "z.jpg"}, "captions.txt", findings).size() == 1);
  CHECK_THROWS_WITH_AS(refuse(findings),
                       doctest::Contains("captions.txt: there is no caption of the listed image 'z.jpg'"), Error);
}

namespace {

/// A dataset of `count` images with a caption each.
CaptionDataset images(int count) {
  CaptionDataset dataset;
  for (int i = 0; i < count; ++i) dataset.push_back({std::to_string(i) + ".jpg", {{"a"}}});
  return dataset;
}

}  // namespace

TEST_CASE("without lists a split is drawn by the seed: a tenth dev, a tenth test, no image twice") {
  const CaptionsFile file("captions.txt");
  const Split split = split_of(file, images(50), 1);
  CHECK(split.train.size() == 40);
  CHECK(split.dev.size() == 5);
  CHECK(split.test.size() == 5);
  std::set<std::string> all(split.train.begin(), split.train.end());
  all.insert(split.dev.begin(), split.dev.end());
  all.insert(split.test.begin(), split.test.end());
  CHECK(all.size() == 50);
  CHECK(split_of(file, images(50), 1).dev == split.dev);
  CHECK(split_of(file, images(50), 2).dev != split.dev);
  CHECK(split_of(file, images(20000), 1).dev.size() == 1000);
}

TEST_CASE("a split of few images has one of dev, and nothing of a single image is left to train on") {
  const CaptionsFile file("captions.txt");
  const Split split = split_of(file, images(3), 1);
  CHECK(split.train.size() == 2);
  CHECK(split.dev.size() == 1);
  CHECK(split.test.empty());
  CHECK(split_of(file, images(1), 1).dev.size() == 1);
  CHECK(split_of(file, images(1), 1).train.empty());
}

TEST_CASE("a captions file may have a test split alone") {
  CaptionsFile file("captions.txt");
  for (const char* name : {"0.jpg", "1.jpg"}) file.put(name, "test", "line 1");
  const Split split = split_of(file, images(2), 1);
  CHECK(split.test == Names{"0.jpg", "1.jpg"});
  CHECK(split.train.empty());
}

TEST_CASE("the split that a captions file tells is taken, restval with train") {
  CaptionsFile file("captions.txt");
  file.put("0.jpg", "test", "line 1");
  file.put("1.jpg", "restval", "line 2");
  file.put("2.jpg", "val", "line 3");
  file.put("3.jpg", "train", "line 4");
  const Split split = split_of(file, images(4), 1);
  CHECK(split.train == Names{"1.jpg", "3.jpg"});
  CHECK(split.dev == Names{"2.jpg"});
  CHECK(split.test == Names{"0.jpg"});
}

TEST_CASE("a split is known by its common names, in any case and with a year") {
  for (const char* name : {"train", "Train", "TRAIN", "training", "restval", "train2014", " train "}) {
    CAPTURE(name);
    CHECK(part_of(name) == Part::kTrain);
  }
  for (const char* name :
       {"val", "Valid", "validation", "VALIDATION", "dev", "Dev", "development", "val2017", "val_1"}) {
    CAPTURE(name);
    CHECK(part_of(name) == Part::kDev);
  }
  for (const char* name : {"test", "TEST", "testing", "Testing", "test2015"}) {
    CAPTURE(name);
    CHECK(part_of(name) == Part::kTest);
  }
  for (const char* name : {"", " ", "2014", "holdout", "unused", "test-dev", "trainval"}) {
    CAPTURE(name);
    CHECK_FALSE(part_of(name).has_value());
  }
}

TEST_CASE("images of unknown splits, of none and of two are found") {
  CaptionsFile file("captions.txt");
  file.put("0.jpg", "Train", "line 1");
  file.put("1.jpg", "validation", "line 2");
  file.put("2.jpg", "holdout", "line 3");
  file.put("0.jpg", "training", "line 4");
  file.put("1.jpg", "test", "line 5");
  std::vector<Finding> findings;
  const Split split = split_of(file, images(4), 1, &findings);
  CHECK(split.train == Names{"0.jpg"});
  CHECK(split.dev == Names{"1.jpg"});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].kind == "photo of unknown split");
  CHECK(findings[0].what == "the split 'holdout' of '2.jpg' is none of train, dev and test");
  CHECK(findings[1].kind == "photo without split");
  REQUIRE(file.findings().size() == 1);
  CHECK(file.findings()[0].kind == "conflicting split");
  CHECK(file.findings()[0].where == "captions.txt: line 5");
}
