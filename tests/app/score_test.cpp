#include <filesystem>
#include <future>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/base/atomic_file.hpp"
#include "tests/app/program.hpp"
#include "tests/temporary_folder.hpp"

// saccade score: where its files may come from and go to.

using namespace saccade;
namespace fs = std::filesystem;

TEST_CASE("captions and references can come from pipes") {
  const test::TemporaryFolder folder;
  const fs::path captions = folder / "captions", references = folder / "references";
  write_file(captions, "a dog runs\ntwo cats sleep\n");
  write_file(references, "a dog runs fast\nthe cats sleep\n");
  const auto expected =
      test::saccade({"score", "--hypotheses", captions.string(), "--references", references.string()});
  REQUIRE(expected.status == 0);
  const auto piped = [&](const fs::path& file) {
    const fs::path pipe = file.string() + ".pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    return std::async(std::launch::async, [file, pipe] { write_file(pipe, read_file(file)); });
  };
  const auto one = piped(captions), other = piped(references);
  const auto outcome = test::saccade(
      {"score", "--hypotheses", captions.string() + ".pipe", "--references", references.string() + ".pipe"});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  // The heading has the name of the file, and the columns follow its width.
  CHECK(outcome.lines().size() == expected.lines().size());
}

TEST_CASE("score prints the numbers of images and references, and what is left out") {
  const test::TemporaryFolder folder;
  write_file(folder / "results.json", R"([{"image_id": 1, "caption": "a dog runs"}])");
  write_file(folder / "references.json",
             R"({"annotations": [{"id": 1, "image_id": 1, "caption": "a dog runs fast"},)"
             R"({"id": 2, "image_id": 1, "caption": "the dog runs"}, {"id": 3, "image_id": 2, "caption": "a cat"}]})");
  const auto outcome = test::saccade({"score", "--hypotheses", (folder / "results.json").string(), "--references",
                                      (folder / "references.json").string(), "--allow-missing"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.find("data: 2 images with 3 references; 1 are scored, 1 have no caption and are left out\n") !=
        std::string::npos);
}

TEST_CASE("an unwritable table is reported before captions are read") {
  const auto outcome = test::saccade({"score", "--hypotheses", "/nowhere/captions", "--references",
                                      "/nowhere/references", "--table", "/elsewhere/table.csv"});
  CHECK(test::check_refused(outcome, 1).find("/elsewhere/table.csv") != std::string::npos);
}
