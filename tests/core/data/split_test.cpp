#include "core/data/split.hpp"

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "tests/temporary_folder.hpp"

// Tests of image lists and the parts of a data set that they select.

using namespace saccade;
using Names = std::vector<std::string>;

namespace {

Names read(const std::string& content) {
  const test::TemporaryFolder folder;
  write_file(folder / "list.txt", content);
  return read_list(folder / "list.txt");
}

}  // namespace

TEST_CASE("a list contains one image per line, and its order is kept") {
  CHECK(read("b.jpg\na.jpg\nsub/c d.jpg\n") == Names{"b.jpg", "a.jpg", "sub/c d.jpg"});
}

TEST_CASE("a byte order mark, Windows line ends, trailing spaces and blank lines in a list are ignored") {
  CHECK(read("\xEF\xBB\xBF"
             "a.jpg\r\n\r\n  \nb.jpg \t\nc.jpg") == Names{"a.jpg", "b.jpg", "c.jpg"});
}

TEST_CASE("an empty list and a list with a repeated image are refused") {
  CHECK_THROWS_WITH_AS(read(""), doctest::Contains("list.txt: the list names no image"), Error);
  CHECK_THROWS_WITH_AS(read("\n \r\n"), doctest::Contains("the list names no image"), Error);
  CHECK_THROWS_WITH_AS(read("a.jpg\nb.jpg\na.jpg\n"), doctest::Contains("list.txt: line 3: 'a.jpg' is listed twice"),
                       Error);
}

TEST_CASE("a name in a list that refers to a path outside of the image folder is refused") {
  CHECK_THROWS_WITH_AS(read("a.jpg\n../b.jpg\n"), doctest::Contains("list.txt: line 2: "), Error);
  CHECK_THROWS_WITH_AS(read("/a.jpg\n"), doctest::Contains("leads out"), Error);
  CHECK_THROWS_WITH_AS(read("caf\xE9.jpg\n"), doctest::Contains("line 1: the image's name is not valid UTF-8"), Error);
}

TEST_CASE("a missing list is reported with its path") {
  CHECK_THROWS_WITH_AS(read_list("/nowhere/list.txt"), doctest::Contains("/nowhere/list.txt: cannot open"), Error);
}

TEST_CASE("the listed images of a data set are selected in the order of the list") {
  const CaptionDataset dataset{{"a.jpg", {{"a"}}}, {"b.jpg", {{"b"}}}, {"c.jpg", {{"c"}}}};
  std::vector<Finding> findings;
  const auto selected = select(dataset, {"c.jpg", "a.jpg"}, "captions.txt", findings);
  CHECK(findings.empty());
  REQUIRE(selected.size() == 2);
  CHECK(selected[0].name == "c.jpg");
  CHECK(selected[0].captions == dataset[2].captions);
  CHECK(selected[1].name == "a.jpg");
}

TEST_CASE("a listed image without captions is reported with the path of the captions file") {
  std::vector<Finding> findings;
  CHECK(select({{"a.jpg", {{"a"}}}}, {"a.jpg", "z.jpg"}, "captions.txt", findings).size() == 1);
  CHECK_THROWS_WITH_AS(refuse(findings),
                       doctest::Contains("captions.txt: there is no caption of the listed image 'z.jpg'"), Error);
}

namespace {

/// A data set of `count` images with one caption each.
CaptionDataset images(int count) {
  CaptionDataset dataset;
  for (int i = 0; i < count; ++i) dataset.push_back({std::to_string(i) + ".jpg", {{"a"}}});
  return dataset;
}

}  // namespace

TEST_CASE("without lists, a split is drawn from the seed: a tenth dev, a tenth test, without overlap") {
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

TEST_CASE("a split of a few images has one dev image, and a single image leaves nothing for training") {
  const CaptionsFile file("captions.txt");
  const Split split = split_of(file, images(3), 1);
  CHECK(split.train.size() == 2);
  CHECK(split.dev.size() == 1);
  CHECK(split.test.empty());
  CHECK(split_of(file, images(1), 1).dev.size() == 1);
  CHECK(split_of(file, images(1), 1).train.empty());
}

TEST_CASE("a captions file may have only a test split") {
  CaptionsFile file("captions.txt");
  for (const char* name : {"0.jpg", "1.jpg"}) file.put(name, "test", "line 1");
  const Split split = split_of(file, images(2), 1);
  CHECK(split.test == Names{"0.jpg", "1.jpg"});
  CHECK(split.train.empty());
}

TEST_CASE("the split in a captions file is used, and restval belongs to train") {
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

TEST_CASE("splits are recognized by their common names, in any case and with a year") {
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

TEST_CASE("images with an unknown split, without a split and with two splits are reported") {
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
