#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>

#include "core/base/atomic_file.hpp"
#include "tests/app/fixture.hpp"

// saccade caption --overlay: the files that it makes.

using namespace saccade;
using test::caption;
using test::check_refused;
using test::fixture;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("a single contact sheet goes to the file of --overlay") {
  const test::TemporaryFolder folder;
  for (const char* const name : {"sheet.png", "sheet.jpg"}) {
    CAPTURE(name);
    const auto outcome = caption({"--overlay", (folder / name).string(), fixture().photo(0)});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.lines().size() == 1);
    const cv::Mat sheet = cv::imread((folder / name).string());
    CHECK(sheet.cols > 96);
  }
  CHECK(files_in(folder.path()).size() == 2);
}

TEST_CASE("several contact sheets go into a folder with the names of the photos") {
  const test::TemporaryFolder folder;
  const auto outcome = caption({"--overlay", (folder / "new/sheets").string(), fixture().photos.string()});
  CHECK(outcome.status == 0);
  CHECK(files_in(folder / "new/sheets") == std::vector<std::string>{"0.png", "1.png", "2.png"});
}

TEST_CASE("photos with the same name do not overwrite each other's sheets") {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "sub");
  fs::copy_file(fixture().photo(1), folder / "sub/0.png");
  const auto outcome =
      caption({"--overlay", (folder / "out").string(), fixture().photo(0), (folder / "sub/0.png").string()});
  CHECK(outcome.status == 0);
  CHECK(files_in(folder / "out") == std::vector<std::string>{"0-2.png", "0.png"});
}

TEST_CASE("--overlay-each writes a full-size picture per word") {
  const test::TemporaryFolder folder;
  const auto outcome = caption({"--overlay", (folder / "sheet.png").string(), "--overlay-each", fixture().photo(0)});
  CHECK(outcome.status == 0);
  const auto words = fixture().caption_of(fixture().photo(0)).words;
  CHECK(files_in(folder.path()) == std::vector<std::string>{"sheet-words", "sheet.png"});
  CHECK(files_in(folder / "sheet-words").size() == words.size());
  for (std::size_t t = 0; t < words.size(); ++t) {
    const std::string number = (t + 1 < 10 ? "0" : "") + std::to_string(t + 1);
    const fs::path file = folder / ("sheet-words/" + number + "-" + words[t] + ".png");
    CAPTURE(file.string());
    REQUIRE(fs::exists(file));
    CHECK(cv::imread(file.string()).size() == cv::Size(48, 40));  // the photo's own
  }
}

TEST_CASE("the scale and the smoothness change what is drawn") {
  const test::TemporaryFolder folder;
  const auto drawn = [&](const std::vector<std::string>& options) {
    std::vector<std::string> words{"--overlay", (folder / "sheet.png").string(), fixture().photo(0)};
    words.insert(words.end(), options.begin(), options.end());
    CHECK(caption(words).status == 0);
    return read_file(folder / "sheet.png");
  };
  const std::string plain = drawn({});
  CHECK(drawn({}) == plain);
  CHECK(drawn({"--scale", "word"}) != plain);
  CHECK(drawn({"--smooth", "0"}) != plain);
}

TEST_CASE("a bad photo does not affect other sheets") {
  const test::TemporaryFolder folder;
  write_file(folder / "bad.png", "no picture");
  const auto outcome =
      caption({"--overlay", (folder / "out").string(), (folder / "bad.png").string(), fixture().photo(1)});
  CHECK(outcome.status == 1);
  CHECK(outcome.lines().size() == 1);
  CHECK(outcome.error_lines().size() == 2);
  CHECK(files_in(folder / "out") == std::vector<std::string>{"1.png"});
}

TEST_CASE("an unwritable overlay is reported by name") {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "");

  // A folder below a file cannot be made: told before anything is captioned.
  const std::string below = (folder / "file/below").string();
  CHECK(check_refused(caption({"--overlay", below, fixture().photo(0), fixture().photo(1)}), 1).find(below) !=
        std::string::npos);
  // A file where a folder is needed.
  const std::string file = (folder / "file").string();
  CHECK(check_refused(caption({"--overlay", file, fixture().photo(0), fixture().photo(1)}), 1).find(file) !=
        std::string::npos);
  // A format that cannot be written.
  CHECK(
      check_refused(caption({"--overlay", (folder / "sheet.xyz").string(), fixture().photo(0)}), 1).find("sheet.xyz") !=
      std::string::npos);
  // A file in a folder that is not there: the caption is printed all the same.
  const auto outcome = caption({"--overlay", (folder / "missing/sheet.png").string(), fixture().photo(0)});
  CHECK(outcome.status == 1);
  REQUIRE(outcome.error_lines().size() == 1);
  CHECK(outcome.error_lines()[0].find("saccade: error: ") == 0);
  CHECK(outcome.error_lines()[0].find("missing/sheet.png") != std::string::npos);
}
