#include "core/data/coco_files.hpp"

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;

namespace {

/// The error message for the content, without the path.
template <typename Reader>
std::string message(Reader read, const std::string& content) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "file.json";
  write_file(path, content);
  try {
    read(path);
  } catch (const Error& error) {
    const std::string text = error.what();
    REQUIRE(text.rfind(path.string() + ": ", 0) == 0);
    return text.substr(path.string().size() + 2);
  }
  return "";
}

std::string results_message(const std::string& content) {
  return message(read_coco_results, content);
}
std::string annotations_message(const std::string& content) {
  return message([](const std::filesystem::path& path) { read_coco_annotations(path); }, content);
}

}  // namespace

TEST_CASE("COCO results round-trip through a file") {
  const test::TemporaryFolder folder;
  write_coco_results(folder / "results.json", {{"42", "a \"dog\""}, {"007", "ein Hündchen"}, {"dog.jpg", ""}});
  CHECK(read_file(folder / "results.json") ==
        "[{\"image_id\":42,\"caption\":\"a \\\"dog\\\"\"},{\"image_id\":\"007\",\"caption\":\"ein Hündchen\"},"
        "{\"image_id\":\"dog.jpg\",\"caption\":\"\"}]\n");
  const HypothesisSet set = read_coco_results(folder / "results.json");
  CHECK(set.source == (folder / "results.json").string());
  REQUIRE(set.captions.size() == 3);
  CHECK(set.captions[0].id == "42");
  CHECK(set.captions[0].caption == "a \"dog\"");
  CHECK(set.captions[1].id == "007");
  CHECK(set.captions[2].caption.empty());
}

TEST_CASE("COCO annotations round-trip through a file") {
  const test::TemporaryFolder folder;
  write_coco_annotations(folder / "annotations.json", {{"2", {"a cat", "one cat"}}, {"1", {"a dog"}}, {"x", {}}});
  const ReferenceSet set = read_coco_annotations(folder / "annotations.json");
  REQUIRE(set.images.size() == 3);
  CHECK(set.images[0].id == "2");
  CHECK(set.images[0].captions == std::vector<std::string>{"a cat", "one cat"});
  CHECK(set.images[1].captions == std::vector<std::string>{"a dog"});
  CHECK(set.images[2].captions.empty());
}

TEST_CASE("COCO annotations without a list of images are read") {
  const test::TemporaryFolder folder;
  write_file(folder / "a.json", R"({"annotations": [{"image_id": 5, "caption": "a"}, {"image_id": 3, "caption": "b"},
                                                    {"image_id": 5, "caption": "c"}]})");
  const ReferenceSet set = read_coco_annotations(folder / "a.json");
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].id == "5");
  CHECK(set.images[0].captions == std::vector<std::string>{"a", "c"});
}

TEST_CASE("malformed COCO results are reported with their position") {
  CHECK(results_message("") == "the file is empty");
  CHECK(results_message(" \n") == "the file is empty");
  CHECK(results_message("[]") == "there is no caption in the file");
  CHECK(results_message("[{\"image_id\": 1,\n \"caption\": }]") == "line 2, column 13: bad JSON");
  CHECK(results_message("[{\"image_id\": 1, \"caption\": \"a\"}") == "line 1, column 32: bad JSON");
  CHECK(results_message("[{\"image_id\": 1e999, \"caption\": \"a\"}]") == "bad JSON: a number is too large");
  CHECK(results_message("[{\"image_id\": 1,\n\"caption\": \"\xff\"}]") == "line 2, column 13: not valid UTF-8");
  CHECK(results_message("{}") == "COCO results are an array of objects with \"image_id\" and \"caption\"");
  CHECK(results_message("[7]") == "entry 1: is not an object");
  CHECK(results_message(R"([{"caption": "a"}])") == "entry 1: there is no \"image_id\"");
  CHECK(results_message(R"([{"image_id": 1}])") == "entry 1: there is no \"caption\"");
  CHECK(results_message(R"([{"image_id": 1, "caption": 2}])") == "entry 1: \"caption\" is not a string");
  CHECK(results_message(R"([{"image_id": 1.5, "caption": "a"}])") ==
        "entry 1: \"image_id\" is neither a whole number nor a string");
  CHECK(results_message(R"([{"image_id": 1, "caption": "a"}, {"image_id": 1, "caption": "b"}])") ==
        "entry 2: image \"1\" has a caption already, in entry 1");
  CHECK_THROWS_AS(read_coco_results(std::filesystem::path("/nowhere/results.json")), Error);
}

TEST_CASE("malformed COCO annotations are reported with their position") {
  CHECK(annotations_message("") == "the file is empty");
  CHECK(annotations_message("[]") == "COCO annotations are an object with the array \"annotations\"");
  CHECK(annotations_message(R"({"annotations": 1})") ==
        "COCO annotations are an object with the array \"annotations\"");
  CHECK(annotations_message(R"({"annotations": []})") == "there is no caption in the file");
  CHECK(annotations_message(R"({"images": 1, "annotations": []})") == "\"images\" is not an array");
  CHECK(annotations_message(R"({"images": [{"id": 1}, {"id": 1}], "annotations": []})") ==
        "image 2: id \"1\" is there already, in image 1");
  CHECK(annotations_message(R"({"images": [{"id": 1}], "annotations": [{"image_id": 2, "caption": "a"}]})") ==
        "annotation 1: its image \"2\" is not listed in \"images\"");
  CHECK(annotations_message(R"({"annotations": [{"image_id": 1}]})") == "annotation 1: there is no \"caption\"");
  CHECK(annotations_message(
            R"({"annotations": [{"id": 1, "image_id": 1, "caption": ""}, {"id": 1, "image_id": 2, "caption": ""}]})") ==
        "annotation 2: id \"1\" is there already, in annotation 1");
}

TEST_CASE("captions that are not UTF-8 are not written") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(write_coco_results(folder / "r.json", {{"1", "\xff"}}), Error);
  CHECK(!std::filesystem::exists(folder / "r.json"));
}
