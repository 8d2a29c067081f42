#include "core/data/entities.hpp"

#include <zlib.h>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/compressed_lines.hpp"
#include "tests/temporary_folder.hpp"

// Tests of files with captions of photos and boxes of the objects in the captions.

using namespace saccade;

namespace {

const std::string kPhoto =
    R"({"image":"dog.jpg","width":200,"height":100,"boxes":{"7":[[20,10,100,50],[0,0,20,100]],"8":[[100,0,200,50]]},)"
    R"("captions":[{"words":["The","Dog",".","sits","on","a","T-shirt"],"phrases":[)"
    R"({"first":0,"last":1,"entity":"7","types":["animals"]},{"first":2,"last":2,"entity":"7","types":["other"]},)"
    R"({"first":5,"last":6,"entity":"8","types":["clothing","other"]}]},)"
    R"({"words":["a","dog","with","grass"],"phrases":[{"first":0,"last":1,"entity":"8","types":["animals"]},)"
    R"({"first":3,"last":3,"entity":"9","types":["scene"]}]}]})";

std::string gzipped(const std::string& text) {
  std::string bytes(text.size() + 1000, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

/// The error message for a file with this content, without the path.
std::string error_of(const std::string& content) {
  const test::TemporaryFolder folder;
  const auto path = folder / "boxes.jsonl";
  write_file(path, content);
  try {
    const Entities entities(path);
  } catch (const Error& error) {
    const std::string message = error.what();
    REQUIRE(message.find(path.string() + ": ") == 0);
    return message.substr(path.string().size() + 2);
  }
  return "none";
}

std::string with(std::string text, const std::string& old, const std::string& fresh) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), fresh);
}

}  // namespace

TEST_CASE("photos are read with their captions, and boxes are fractions of the photo size") {
  const test::TemporaryFolder folder;
  write_file(folder / "plain", kPhoto + "\r\n\n" + with(kPhoto, "dog.jpg", "cat.jpg"));
  write_file(folder / "compressed", gzipped(kPhoto + "\n" + with(kPhoto, "dog.jpg", "cat.jpg") + "\n"));
  for (const char* name : {"plain", "compressed"}) {
    CAPTURE(name);
    const Entities entities(folder / name);
    REQUIRE(entities.photos().size() == 2);
    CHECK(entities.find("nobody.jpg") == nullptr);
    CHECK(entities.find("some/folder/cat.jpg") == &entities.photos()[1]);
    const AnnotatedPhoto& photo = entities.photos()[0];
    CHECK(photo.image == "dog.jpg");
    REQUIRE(photo.boxes.at("7").size() == 2);
    const Box box = photo.boxes.at("7")[0];
    CHECK(box.left == doctest::Approx(0.1));
    CHECK(box.top == doctest::Approx(0.1));
    CHECK(box.right == doctest::Approx(0.5));
    CHECK(box.bottom == doctest::Approx(0.5));
    REQUIRE(photo.captions.size() == 2);
    CHECK(photo.captions[0].words[1] == "Dog");
    CHECK(photo.captions[0].phrases[2].last == 6);
    CHECK(photo.captions[0].phrases[2].types == std::vector<std::string>{"clothing", "other"});
  }
}

TEST_CASE("phrases follow the words of a caption through tokenization") {
  const test::TemporaryFolder folder;
  write_file(folder / "boxes", kPhoto);
  const Entities entities(folder / "boxes");
  const AnnotatedCaption tokenized = tokenize(entities.photos()[0].captions[0]);
  CHECK(tokenized.words == std::vector<std::string>{"the", "dog", "sits", "on", "a", "t", "shirt"});
  REQUIRE(tokenized.phrases.size() == 2);  // the phrase of the period has no words
  CHECK(tokenized.phrases[0].first == 0);
  CHECK(tokenized.phrases[0].last == 1);
  CHECK(tokenized.phrases[1].first == 4);
  CHECK(tokenized.phrases[1].last == 6);
  CHECK(tokenized.phrases[1].entity == "8");
}

TEST_CASE("a word has the boxes of all entities that the captions call by it") {
  const test::TemporaryFolder folder;
  write_file(folder / "boxes", kPhoto);
  const auto boxes = boxes_by_word(Entities(folder / "boxes").photos()[0]);
  REQUIRE(boxes.size() == 1);  // "." and "T-shirt" do not consist only of letters, and "grass" has no box
  REQUIRE(boxes.count("dog") == 1);
  CHECK(boxes.at("dog").size() == 3);
}

TEST_CASE("errors in files of boxes are reported with their line") {
  CHECK(error_of("") == "there is no photo in the file");
  CHECK(error_of("\n \n") == "there is no photo in the file");
  CHECK(error_of("{}") == "line 1: there is no \"image\"");
  CHECK(error_of("[1]") == "line 1: an object was expected in the place of array");
  CHECK(error_of(kPhoto + "\n{\"image\"") == "line 2: bad JSON");
  CHECK(error_of(kPhoto + "\n\"\xff\"") == "line 2: bad JSON");
  CHECK(error_of(kPhoto + "\n" + kPhoto) == "line 2: 'dog.jpg' is there already");
  CHECK(error_of(with(kPhoto, "200", "\"200\"")) == "line 1: \"width\" is not a whole number that is not negative");
  CHECK(error_of(with(kPhoto, "200", "-3")) == "line 1: \"width\" is not a whole number that is not negative");
  CHECK(error_of(with(kPhoto, "200", "0")) == "line 1: the photo is 0 x 100 pixels");
  CHECK(error_of(with(kPhoto, "200", "1e999")) == "line 1: bad JSON");
  CHECK(error_of(with(kPhoto, "[20,10,100,50]", "[20,10,100]")) == "line 1: a box is not four numbers");
  CHECK(error_of(with(kPhoto, "[20,10,100,50]", "[20,10,10,50]")) ==
        "line 1: a box ends before it begins: [20,10,10,50]");
  CHECK(error_of(with(kPhoto, "[[100,0,200,50]]", "5")) == "line 1: the boxes of entity \"8\" are not an array");
  CHECK(error_of(with(kPhoto, "\"first\":0,\"last\":1", "\"first\":0,\"last\":7")) ==
        "line 1: a phrase of words 0 to 7 in a caption of 7 words");
  CHECK(error_of(with(kPhoto, "\"first\":0,\"last\":1", "\"first\":2,\"last\":1")) ==
        "line 1: a phrase of words 2 to 1 in a caption of 7 words");
  CHECK(error_of(with(kPhoto, "\"Dog\"", "4")) == "line 1: \"words\" holds what is not a string");
  CHECK(error_of(with(kPhoto, "\"entity\":\"7\",", "")) == "line 1: there is no \"entity\"");
  std::string many = "[0,0,1,1]";
  for (int i = 0; i < 1000; ++i) many += ",[0,0,1,1]";
  CHECK(error_of(with(kPhoto, "[100,0,200,50]", many)) == "line 1: the photo has more than 1000 boxes");
  const std::string whole = gzipped(kPhoto);
  CHECK(error_of(whole.substr(0, whole.size() / 2)) == "line 1: the compressed data are damaged or cut short");
  std::string damaged = whole;
  damaged[whole.size() / 2] = static_cast<char>(damaged[whole.size() / 2] ^ 0x55);
  CHECK(error_of(damaged).find("line 1: ") == 0);
  CHECK_THROWS_WITH_AS(Entities("/nowhere/boxes"), "/nowhere/boxes: cannot open the file: No such file or directory",
                       Error);
  CHECK_THROWS_WITH_AS(Entities("/"), "/: is a folder, not a file", Error);
}

TEST_CASE("lines and files that exceed the limits are refused before they fill the memory") {
  const test::TemporaryFolder folder;
  write_file(folder / "long", gzipped("ab\n" + std::string(3000000, 'x')));
  CompressedLines lines(folder / "long");
  std::string line;
  CHECK(lines.next(line));
  CHECK(line == "ab");
  CHECK_THROWS_WITH_AS(lines.next(line),
                       ((folder / "long").string() + ": line 2: the line is longer than 1048576 bytes").c_str(), Error);

  CompressedLines total(folder / "long", {std::size_t{1} << 30, 100000});
  CHECK(total.next(line));
  CHECK_THROWS_WITH_AS(total.next(line),
                       ((folder / "long").string() + ": line 2: the file holds more than 100000 bytes of text").c_str(),
                       Error);
}
