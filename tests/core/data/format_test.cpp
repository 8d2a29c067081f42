#include "core/data/format.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "tests/temporary_folder.hpp"

// The forms that captions come in; lines and Karpathy's JSON have tests of their own.

using namespace saccade;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// What is read of `content`, as an "image: caption" for each entry and a "place: why" for each thing malformed.
Words read(const std::string& content, const std::string& format = "auto") {
  const test::TemporaryFolder folder;
  write_file(folder / "captions", content);
  const CaptionsFile file = read_captions_file(folder / "captions", format);
  Words read;
  for (const auto& entry : file.entries()) read.push_back(entry.image + ": " + entry.text);
  for (const auto& finding : file.findings()) {
    read.push_back(finding.where.substr(finding.where.find(": ") + 2) + ": " + finding.what);
  }
  return read;
}

}  // namespace

TEST_CASE("COCO's annotations are read, images by their file names") {
  CHECK(read(R"({"info": {}, "images": [{"id": 7, "file_name": "b.jpg"}, {"id": 3, "file_name": "a.jpg"}],
                 "annotations": [{"image_id": 3, "id": 1, "caption": "A dog."},
                                 {"image_id": 7, "id": 2, "caption": "Two cats"},
                                 {"image_id": 3, "id": 3, "caption": "The dog"}]})") ==
        Words{"b.jpg: Two cats", "a.jpg: A dog.", "a.jpg: The dog"});
  CHECK(read(R"({"images": [{"id": 7}], "annotations": [{"image_id": 7, "id": 2, "caption": "Two cats"}]})") ==
        Words{"image 7: there is no \"file_name\""});
}

TEST_CASE("Karpathy's file path is part of the image's name, and its split is kept") {
  const test::TemporaryFolder folder;
  write_file(folder / "d.json", R"({"images": [{"filepath": "val2014", "filename": "a.jpg", "split": "restval",
                                    "sentences": [{"raw": "A dog"}]}]})");
  const CaptionsFile file = read_captions_file(folder / "d.json");
  CHECK(file.entries().at(0).image == "val2014/a.jpg");
  CHECK(file.splits().at("val2014/a.jpg") == "restval");
  CHECK(read(R"({"images": [{"filename": "a.jpg", "sentences": [{"tokens": [1]}]}]})") ==
        Words{"image 1: not as in Karpathy's JSON form of captions: type must be string, but is number"});
}

TEST_CASE("a table with a header is read, with commas, bars, semicolons or tabs") {
  const Words expected{"a.jpg: A dog .", "b.jpg: Two cats ."};
  CHECK(read("image,caption\na.jpg,A dog .\nb.jpg,Two cats .\n") == expected);
  CHECK(read("image_name| comment_number| comment\na.jpg| 0| A dog .\r\nb.jpg| 0| Two cats .\r\n") == expected);
  CHECK(read("caption;image\nA dog .;a.jpg\n\nTwo cats .;b.jpg") == expected);
  CHECK(read("Filename\tText\na.jpg\tA dog .\nb.jpg\tTwo cats .\n") == expected);
}

TEST_CASE("a field in quotation marks may hold separators, line ends and quotation marks") {
  CHECK(read("image,caption\n\"a,1.jpg\",\"A \"\"dog\"\", here\nand there\"\nb.jpg,cat\n") ==
        Words{"a,1.jpg: A \"dog\", here\nand there", "b.jpg: cat"});
  CHECK(read("image_name| comment\na.jpg| \"Hello\" says a man\n") == Words{"a.jpg: \"Hello\" says a man"});
}

TEST_CASE("a caption in the last column may have commas without quotation marks") {
  CHECK(read("image,caption\na.jpg,A dog, a cat, a bird\n") == Words{"a.jpg: A dog,a cat,a bird"});
}

TEST_CASE("a row of too few or too many columns is told with its line, and the others are read") {
  CHECK(read("image|n|caption\na.jpg| 4   A dog\nb.jpg|0|cat\n") ==
        Words{"b.jpg: cat", "line 2: 2 columns, but the header has 3"});
  CHECK(read("caption,image\n\"A\ndog\",a.jpg\nA cat, a dog,b.jpg\n") ==
        Words{"a.jpg: A\ndog", "line 4: 3 columns, but the header has 2"});
}

TEST_CASE("what would be read as something else is told: an open quotation mark, a column twice, lines of old Macs") {
  CHECK(read("image,caption\na.jpg,cat\nb.jpg,\"A dog\nc.jpg,bird\n") ==
        Words{"a.jpg: cat", "line 3: a quotation mark is opened and never closed"});
  CHECK(read("Image,caption,image\na.jpg,cat,b.jpg\n") == Words{"line 1: the header names the column 'image' twice"});
  CHECK(read("a.jpg#0\tA dog\rb.jpg#0\tA cat\r") ==
        Words{"line 1: holds a carriage return; a line must end with a line feed"});
}

TEST_CASE("JSON Lines are read, with a caption or a list of them a line, by whatever names they go") {
  CHECK(read("{\"image\": \"a.jpg\", \"captions\": [\"A dog\", \"The dog\"], \"split\": \"train\"}\n"
             "{\"file_name\": \"b.jpg\", \"text\": \"\\u732b\"}\n\n") ==
        Words{"a.jpg: A dog", "a.jpg: The dog", "b.jpg: \xE7\x8C\xAB"});
  CHECK(read("{\"image\": \"a.jpg\", \"caption\": \"A dog\"}\nno\n{\"image\": 7, \"caption\": \"x\"}\n"
             "{\"image\": \"b.jpg\"}\n{\"image\": \"b.jpg\", \"captions\": [7]}\n") ==
        Words{"a.jpg: A dog", "line 2: not a JSON object", "line 3: there is no text \"image\"",
              "line 4: there is neither \"caption\" nor \"captions\"", "line 5: a caption is not text"});
}

TEST_CASE("a folder is read as photos with texts of their names beside them") {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "sub");
  write_file(folder / "a.jpg", "");
  write_file(folder / "a.txt", "A dog\n\nThe dog\n");
  write_file(folder / "sub/b.png", "");
  write_file(folder / "sub/b.txt", "Two cats");
  write_file(folder / "none.jpg", "");
  write_file(folder / "alone.txt", "Nothing to see");
  write_file(folder / ".hidden.txt", "Nothing");
  const CaptionsFile file = read_captions_file(folder.path());
  REQUIRE(file.entries().size() == 3);
  CHECK(file.entries()[0].image == "a.jpg");
  CHECK(file.entries()[1].text == "The dog");
  CHECK(file.entries()[1].place == "a.txt: line 3");
  CHECK(file.entries()[2].image == "sub/b.png");
  REQUIRE(file.findings().size() == 1);
  CHECK(file.findings()[0].what == "there is no photo beside this text");
}

TEST_CASE("the form may be said outright, and a form that is not recognised is refused with the choices") {
  CHECK_THROWS_WITH_AS(read("a dog\n"), doctest::Contains("coco, csv, folder, jsonl, karpathy, lines"), Error);
  CHECK(read("a dog\n", "lines") == Words{"line 1: expected 'name#k<TAB>caption', found no tab"});
  CHECK_THROWS_WITH_AS(read("a dog\n", "coco"), doctest::Contains("bad JSON"), Error);
  CHECK_THROWS_WITH_AS(read("a dog\n", "folder"), doctest::Contains("is a file"), Error);
  CHECK(read("a,b\n", "csv").size() == 1);
}

TEST_CASE("an empty caption and a doubled one are found, with their lines, and stop nobody") {
  const test::TemporaryFolder folder;
  write_file(folder / "c.txt", "a.jpg#0\tA dog\na.jpg#1\t...\na.jpg#2\ta dog.\nb.jpg#0\t!\n");
  std::vector<Finding> findings;
  const auto dataset = collect(read_captions_file(folder / "c.txt"), findings);
  CHECK(dataset.size() == 1);
  REQUIRE(findings.size() == 4);
  CHECK(findings[0].kind == "empty caption");
  CHECK(findings[0].where == (folder / "c.txt").string() + ": line 2");
  CHECK(findings[1].kind == "doubled caption");
  CHECK_FALSE(findings[1].stops);
  CHECK(findings[3].kind == "without caption");
  CHECK(findings[3].stops);
}

TEST_CASE("captions of any language survive, whatever form they are in") {
  const std::string text = "\xD0\xA1\xD0\xBE\xD0\xB1\xD0\xB0\xD0\xBA\xD0\xB0 \xE7\x8A\xAC \xD7\x9B\xD7\x9C\xD7\x91";
  const Words expected{"a.jpg: " + text};
  CHECK(read("a.jpg#0\t" + text) == expected);
  CHECK(read("image,caption\na.jpg," + text) == expected);
  CHECK(read("{\"image\": \"a.jpg\", \"caption\": \"" + text + "\"}") == expected);
}
