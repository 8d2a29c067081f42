#include "core/data/format.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "tests/temporary_folder.hpp"

// Tests of the caption formats. captions_file_test.cpp and karpathy_file_test.cpp test two of them in detail.

using namespace saccade;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// Reads `content` and returns "image: caption" for each entry and "place: problem" for each finding.
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

/// Returns "kind: file name" for each finding in a folder.
Words kinds(const CaptionsFile& file) {
  Words kinds;
  for (const auto& finding : file.findings()) {
    CHECK_FALSE(finding.stops);
    kinds.push_back(finding.kind + ": " + fs::path(finding.where).filename().string());
  }
  return kinds;
}

/// Writes `text` to each of these files in a folder.
void write_all(const test::TemporaryFolder& folder, const Words& names, const std::string& text) {
  for (const auto& name : names) {
    fs::create_directories((folder / name).parent_path());
    write_file(folder / name, text);
  }
}

/// The images of a file in order, without repetition.
Words images_of(const CaptionsFile& file) {
  Words images;
  for (const auto& entry : file.entries()) {
    if (images.empty() || images.back() != entry.image) images.push_back(entry.image);
  }
  return images;
}

}  // namespace

TEST_CASE("an unclosed quotation mark is reported with its line, and the rows after it are read") {
  const std::string unclosed =
      "a quotation mark opens the caption of a.jpg and is not closed in this line, so that the rows of b.jpg, c.jpg, "
      "d.jpg "
      "would "
      "be part of it; close the quotation mark or double it";
  CHECK(read("image,caption\na.jpg,\"Two dogs\nb.jpg,A cat\nc.jpg,A man\nd.jpg,\"A boy, a girl\"\ne.jpg,A car\n") ==
        Words{"b.jpg: A cat", "c.jpg: A man", "d.jpg: A boy, a girl", "e.jpg: A car", "line 2: " + unclosed});
  CHECK(read("image\tcaption\na.jpg\t\"Two dogs\nb.jpg\tA cat\nc.jpg\tA man\nd.jpg\tA car") ==
        Words{"b.jpg: A cat", "c.jpg: A man", "d.jpg: A car", "line 2: " + unclosed});
  CHECK(read("caption;image\n\"Two dogs;a.jpg\nA cat;b.jpg\nA \"\"big\"\" car;c.jpg\n").size() == 3);
  // A quoted caption may have several lines if they do not look like rows.
  CHECK(read("image,caption\na.jpg,\"One,\ntwo, three\"\n") == Words{"a.jpg: One,\ntwo, three"});
}

TEST_CASE("images without captions are reported in every format") {
  const auto found = [](const std::string& content) {
    const test::TemporaryFolder folder;
    write_file(folder / "captions", content);
    const CaptionsFile file = read_captions_file(folder / "captions");
    REQUIRE(file.findings().size() == 1);
    CHECK_FALSE(file.findings()[0].stops);
    return file.findings()[0].kind + ": " + file.findings()[0].what;
  };
  const std::string expected = "photo without caption: there is no caption of 'b.jpg'";
  CHECK(found(R"({"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
                  "annotations": [{"image_id": 1, "id": 1, "caption": "A dog"}]})") == expected);
  CHECK(found("{\"image\": \"a.jpg\", \"caption\": \"A dog\"}\n{\"image\": \"b.jpg\", \"captions\": []}\n") ==
        expected);
  CHECK(found(R"({"images": [{"filename": "a.jpg", "sentences": [{"raw": "A dog"}]},
                             {"filename": "b.jpg", "sentences": []}]})") == expected);
}

TEST_CASE("all errors in COCO annotations are reported, and the valid entries are read") {
  CHECK(read(R"({"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "b.jpg"}, {"file_name": "c.jpg"}],
                 "annotations": [{"id": 1, "image_id": 1, "caption": "A dog"}, {"id": 1, "image_id": 1, "caption": "x"},
                                 {"id": 2, "image_id": 1, "caption": null}, {"id": 3, "image_id": 99, "caption": "x"},
                                 7, {"id": 4, "image_id": 1, "caption": "The dog"}]})") ==
        Words{"a.jpg: A dog", "a.jpg: The dog", R"(image 2: id "1" is there already, in image 1)",
              R"(image 3: there is no "id")", R"(annotation 2: id "1" is there already, in annotation 1)",
              R"(annotation 3: "caption" is not a string)", R"(annotation 4: its image "99" is not listed in "images")",
              "annotation 5: is not an object"});
}

TEST_CASE("text files are found by both extensions in any case, and by the photo's full name") {
  const test::TemporaryFolder folder;
  write_all(folder, {"a.jpg", "b.JPG", "c.png", "d.jpg", "d.png", "e.jpg"}, "");
  write_all(folder, {"a.TXT", "b.caption", "c.Caption", "d.png.txt", "d.txt", "e.txt", "e.caption"}, "A dog");
  const CaptionsFile file = read_captions_file(folder.path());
  CHECK(images_of(file) == Words{"a.jpg", "b.JPG", "c.png", "d.jpg", "d.png", "e.jpg"});
  CHECK(file.entries()[3].place == "d.txt: line 1");
  CHECK(file.entries()[4].place == "d.png.txt: line 1");
  CHECK(kinds(file) == Words{"second text: e.caption"});
}

TEST_CASE("other files in a folder are counted without an error, and an empty text file is reported") {
  const test::TemporaryFolder folder;
  write_all(folder, {"a.jpg", "b.jpg", "c.jpg", "a.npz", "b.npz", "notes"}, "");
  write_all(folder, {"a.txt", "README.txt"}, "A dog");
  write_all(folder, {"b.txt"}, "");
  write_all(folder, {"c.txt"}, "\xEF\xBB\xBF \n\t\n");
  const CaptionsFile file = read_captions_file(folder.path());
  CHECK(images_of(file) == Words{"a.jpg"});
  CHECK(kinds(file) == Words{"photo without text: b.jpg", "photo without text: c.jpg", "text without photo: README.txt",
                             "other file: a.npz", "other file: b.npz", "other file: notes"});
}

TEST_CASE("linked folders are followed without loops, and each folder is read once") {
  const test::TemporaryFolder folder, elsewhere;
  write_all(folder, {"a.jpg", "sub/b.jpg", ".hidden/x.jpg"}, "");
  write_all(folder, {"a.txt", "sub/b.txt", ".hidden/x.txt"}, "A dog");
  write_all(elsewhere, {"c.jpg", "deep/d.jpg"}, "");
  write_all(elsewhere, {"c.txt", "deep/d.txt"}, "A cat");
  fs::create_directory_symlink(elsewhere.path(), folder / "more");
  fs::create_directory_symlink(folder.path(), folder / "sub/loop");
  fs::create_directory_symlink(folder.path(), elsewhere / "back");
  fs::create_directory_symlink(folder / "sub", folder / "again");
  const CaptionsFile file = read_captions_file(folder.path());
  CHECK(images_of(file) == Words{"a.jpg", "more/c.jpg", "more/deep/d.jpg", "sub/b.jpg"});
  CHECK(file.findings().empty());
}

TEST_CASE("a folder without text files is refused, and the error says what to do") {
  const test::TemporaryFolder folder;
  write_all(folder, {"a.jpg", "b.jpg"}, "");
  CHECK_THROWS_WITH_AS(read_captions_file(folder.path()), doctest::Contains("put a .txt file beside each photo"),
                       Error);
}

TEST_CASE("Chinese captions without spaces are reported, and those with spaces are not") {
  const auto found = [](const std::string& first, const std::string& second, TokenUnit unit) {
    const test::TemporaryFolder folder;
    write_file(folder / "c.txt", "a.jpg#0\t" + first + "\nb.jpg#0\t" + second + "\n");
    std::vector<Finding> findings;
    collect(read_captions_file(folder / "c.txt"), findings, unit);
    return findings;
  };
  const auto findings = found("一只狗在草地上奔跑", "两个孩子在海边玩耍", TokenUnit::kWords);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].kind == "unsegmented text");
  CHECK_FALSE(findings[0].stops);
  CHECK(findings[0].what.find("2 captions of a script without spaces are not divided into words, such as "
                              "'一只狗在草地上奔跑'") == 0);
  CHECK(found("一只 狗 在 草地 上 奔跑", "两个 孩子 在 海边 玩耍", TokenUnit::kWords).empty());
  CHECK(found("一只狗在草地上奔跑", "两个孩子在海边玩耍", TokenUnit::kCharacters).empty());
  CHECK(found("สุนัขวิ่งบนหญ้า", "犬が草の上を走っている", TokenUnit::kWords).size() == 1);
  CHECK(found("สุนัข วิ่ง บน หญ้า", "एक कुत्ता घास पर दौड़ रहा है", TokenUnit::kWords).empty());
  CHECK(found("개가 잔디 위를 달린다", "a dog runs", TokenUnit::kWords).empty());
}

TEST_CASE("COCO annotations are read, and images are identified by file name") {
  CHECK(read(R"({"info": {}, "images": [{"id": 7, "file_name": "b.jpg"}, {"id": 3, "file_name": "a.jpg"}],
                 "annotations": [{"image_id": 3, "id": 1, "caption": "A dog."},
                                 {"image_id": 7, "id": 2, "caption": "Two cats"},
                                 {"image_id": 3, "id": 3, "caption": "The dog"}]})") ==
        Words{"b.jpg: Two cats", "a.jpg: A dog.", "a.jpg: The dog"});
  CHECK(read(R"({"images": [{"id": 7}], "annotations": [{"image_id": 7, "id": 2, "caption": "Two cats"}]})") ==
        Words{"image 7: there is no \"file_name\""});
}

TEST_CASE("the file path in Karpathy's JSON is part of the image name, and its split is kept") {
  const test::TemporaryFolder folder;
  write_file(folder / "d.json", R"({"images": [{"filepath": "val2014", "filename": "a.jpg", "split": "restval",
                                    "sentences": [{"raw": "A dog"}]}]})");
  const CaptionsFile file = read_captions_file(folder / "d.json");
  CHECK(file.entries().at(0).image == "val2014/a.jpg");
  CHECK(file.splits().at("val2014/a.jpg") == "restval");
  CHECK(read(R"({"images": [{"filename": "a.jpg", "sentences": [{"tokens": [1]}]}]})") ==
        Words{"image 1: not as in Karpathy's JSON form of captions: type must be string, but is number"});
}

TEST_CASE("a table with a header is read, separated by commas, bars, semicolons or tabs") {
  const Words expected{"a.jpg: A dog .", "b.jpg: Two cats ."};
  CHECK(read("image,caption\na.jpg,A dog .\nb.jpg,Two cats .\n") == expected);
  CHECK(read("image_name| comment_number| comment\na.jpg| 0| A dog .\r\nb.jpg| 0| Two cats .\r\n") == expected);
  CHECK(read("caption;image\nA dog .;a.jpg\n\nTwo cats .;b.jpg") == expected);
  CHECK(read("Filename\tText\na.jpg\tA dog .\nb.jpg\tTwo cats .\n") == expected);
}

TEST_CASE("a quoted field may contain separators, line ends and quotation marks") {
  CHECK(read("image,caption\n\"a,1.jpg\",\"A \"\"dog\"\", here\nand there\"\nb.jpg,cat\n") ==
        Words{"a,1.jpg: A \"dog\", here\nand there", "b.jpg: cat"});
  CHECK(read("image_name| comment\na.jpg| \"Hello\" says a man\n") == Words{"a.jpg: \"Hello\" says a man"});
}

TEST_CASE("an unquoted caption in the last column may contain commas") {
  CHECK(read("image,caption\na.jpg,A dog, a cat, a bird\n") == Words{"a.jpg: A dog,a cat,a bird"});
}

TEST_CASE("a row with a wrong number of columns is reported with its line, and the other rows are read") {
  CHECK(read("image|n|caption\na.jpg| 4   A dog\nb.jpg|0|cat\n") ==
        Words{"b.jpg: cat", "line 2: 2 columns, but the header has 3"});
  CHECK(read("caption,image\n\"A\ndog\",a.jpg\nA cat, a dog,b.jpg\n") ==
        Words{"a.jpg: A\ndog", "line 4: 3 columns, but the header has 2"});
}

TEST_CASE("an open quotation mark, a repeated column and carriage returns are reported") {
  CHECK(read("image,caption\na.jpg,cat\nb.jpg,\"A dog\n") ==
        Words{"a.jpg: cat", "line 3: a quotation mark is opened and never closed"});
  CHECK(read("Image,caption,image\na.jpg,cat,b.jpg\n") == Words{"line 1: the header names the column 'image' twice"});
  CHECK(read("a.jpg#0\tA dog\rb.jpg#0\tA cat\r") ==
        Words{"line 1: holds a carriage return; a line must end with a line feed"});
}

TEST_CASE("JSON Lines are read with one or several captions per line, under any of the supported keys") {
  CHECK(read("{\"image\": \"a.jpg\", \"captions\": [\"A dog\", \"The dog\"], \"split\": \"train\"}\n"
             "{\"file_name\": \"b.jpg\", \"text\": \"\\u732b\"}\n\n") ==
        Words{"a.jpg: A dog", "a.jpg: The dog", "b.jpg: \xE7\x8C\xAB"});
  CHECK(read("{\"image\": \"a.jpg\", \"caption\": \"A dog\"}\nno\n{\"image\": 7, \"caption\": \"x\"}\n"
             "{\"image\": \"b.jpg\"}\n{\"image\": \"b.jpg\", \"captions\": [7]}\n") ==
        Words{"a.jpg: A dog", "line 2: not a JSON object", "line 3: there is no text \"image\"",
              "line 4: there is neither \"caption\" nor \"captions\"", "line 5: a caption is not text"});
}

TEST_CASE("a folder is read as photos with text files of the same names") {
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
  CHECK(kinds(file) == Words{"photo without text: none.jpg", "text without photo: alone.txt"});
}

TEST_CASE("the format may be given explicitly, and an unrecognized format is refused with the choices") {
  CHECK_THROWS_WITH_AS(read("a dog\n"), doctest::Contains("coco, csv, folder, jsonl, karpathy, lines"), Error);
  CHECK(read("a dog\n", "lines") == Words{"line 1: expected 'name#k<TAB>caption', found no tab"});
  CHECK_THROWS_WITH_AS(read("a dog\n", "coco"), doctest::Contains("bad JSON"), Error);
  CHECK_THROWS_WITH_AS(read("a dog\n", "folder"), doctest::Contains("is a file"), Error);
  CHECK(read("a,b\n", "csv").size() == 1);
}

TEST_CASE("empty and duplicate captions are reported with their lines and do not stop training") {
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
  CHECK(findings[3].kind == "photo without caption");
  CHECK(findings[3].stops);
}

TEST_CASE("captions in any language are read unchanged in every format") {
  const std::string text = "\xD0\xA1\xD0\xBE\xD0\xB1\xD0\xB0\xD0\xBA\xD0\xB0 \xE7\x8A\xAC \xD7\x9B\xD7\x9C\xD7\x91";
  const Words expected{"a.jpg: " + text};
  CHECK(read("a.jpg#0\t" + text) == expected);
  CHECK(read("image,caption\na.jpg," + text) == expected);
  CHECK(read("{\"image\": \"a.jpg\", \"caption\": \"" + text + "\"}") == expected);
}
