#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "tests/temporary_folder.hpp"

// Tests of Karpathy's JSON format.

using namespace saccade;
using Words = std::vector<std::string>;

namespace {

CaptionDataset read(const std::string& content) {
  const test::TemporaryFolder folder;
  write_file(folder / "dataset.json", content);
  return read_captions(folder / "dataset.json");
}

/// A data set with a valid image followed by `image`.
std::string beside_a_good_one(const std::string& image) {
  return R"({"images": [{"filename": "good.jpg", "sentences": [{"raw": "A dog"}]}, )" + image + "]}";
}

}  // namespace

TEST_CASE("Karpathy's JSON is read from tokens or raw captions, and other entries are ignored") {
  const auto dataset = read(R"( {"dataset": "tiny", "images": [
      {"filename": "b.jpg", "split": "train", "imgid": 0,
       "sentences": [{"tokens": ["a", "dog"], "raw": "something else", "sentid": 3}, {"raw": "The Dog 's ball ."}]},
      {"filename": "a.jpg", "sentences": [{"tokens": ["two", "cats"]}]}]})");
  REQUIRE(dataset.size() == 2);
  CHECK(dataset[0].name == "b.jpg");
  CHECK(dataset[0].captions == std::vector<Words>{{"a", "dog"}, {"the", "dog", "s", "ball"}});
  CHECK(dataset[1].captions == std::vector<Words>{{"two", "cats"}});
}

TEST_CASE("tokens are split further into the words of this program") {
  CHECK(read(R"({"images": [{"filename": "a.jpg", "sentences": [{"tokens": ["T-Shirt", "."]}]}]})").at(0).captions ==
        std::vector<Words>{{"t", "shirt"}});
}

TEST_CASE("a byte order mark before JSON is ignored") {
  CHECK(read("\xEF\xBB\xBF{\"images\": [{\"filename\": \"a.jpg\", \"sentences\": [{\"raw\": \"dog\"}]}]}").size() == 1);
}

TEST_CASE("invalid JSON is refused") {
  for (const char* const text : {"{", "{\"images\": [", "{\"images\": [}", "{\"images\": []} x", "{'images': []}"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(read(text), doctest::Contains("Karpathy's JSON form"), Error);
  }
  CHECK_THROWS_AS(read("{\"images\": [{\"filename\": \"caf\xE9.jpg\", \"sentences\": []}]}"), Error);
}

TEST_CASE("JSON with another structure is refused") {
  for (const char* const text : {"{}", R"({"images": 1})", R"({"images": ["a.jpg"]})", R"({"captions": []})"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(read(text), doctest::Contains("dataset.json"), Error);
  }
}

TEST_CASE("a malformed image is reported with its number") {
  for (const char* const image :
       {R"({"sentences": [{"raw": "A dog"}]})", R"({"filename": 7, "sentences": [{"raw": "A dog"}]})",
        R"({"filename": "b.jpg"})", R"({"filename": "b.jpg", "sentences": [{}]})",
        R"({"filename": "b.jpg", "sentences": ["A dog"]})", R"({"filename": "b.jpg", "sentences": [{"raw": 3}]})",
        R"({"filename": "b.jpg", "sentences": [{"tokens": [3]}]})",
        R"({"filename": "b.jpg", "sentences": [{"tokens": "dog"}]})",
        R"({"filename": "../b.jpg", "sentences": [{"raw": "A dog"}]})",
        R"({"filename": "", "sentences": [{"raw": "A dog"}]})",
        R"({"filename": "b\u0000.jpg", "sentences": [{"raw": "A dog"}]})", "7"}) {
    CAPTURE(image);
    CHECK_THROWS_WITH_AS(read(beside_a_good_one(image)), doctest::Contains("image 2"), Error);
  }
}

TEST_CASE("a data set without captions is refused") {
  CHECK_THROWS_WITH_AS(read(R"({"images": []})"), doctest::Contains("there is no caption"), Error);
  CHECK_THROWS_WITH_AS(read(beside_a_good_one(R"({"filename": "b.jpg", "sentences": [{"raw": "..."}]})")),
                       doctest::Contains("no caption of 'b.jpg' has any word"), Error);
}

TEST_CASE("JSON that is nested a million levels deep is refused without recursion") {
  CHECK_THROWS_AS(read("{\"images\": " + std::string(1'000'000, '[')), Error);
}
