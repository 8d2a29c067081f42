#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "tests/app/fixture.hpp"

// Makes one large allocation of the program fail, a different one in each run.

using namespace saccade;
namespace fs = std::filesystem;

#ifdef SACCADE_FAILING_CALLS

namespace {

/// Environment variables for the next runs of the program.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& values) : values_(values) {
    for (const auto& [name, value] : values_) ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& entry : values_) ::unsetenv(entry.first.c_str());
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::map<std::string, std::string> values_;
};

/// Runs the program and lets allocation `number` of 128 kB or more fail. Smaller ones succeed: GDAL, which OpenCV
/// loads, aborts if it cannot allocate 80 kB.
test::Outcome starved(int number, const fs::path& record, const std::vector<std::string>& arguments) {
  const Environment starve({{"LD_PRELOAD", SACCADE_FAILING_CALLS},
                            {"FAIL_CALL", "allocation"},
                            {"FAIL_NUMBER", std::to_string(number)},
                            {"FAIL_SIZE", "131072"},
                            {"FAIL_TOLD", record.string()}});
  return test::saccade(arguments);
}

/// Lets allocation 1, 2, 4, 8 and so on fail, until the program makes fewer; that run must succeed.
void check_starved(const std::vector<std::string>& arguments, const std::vector<fs::path>& outputs) {
  const test::TemporaryFolder folder;
  const fs::path record = folder / "record";
  int failed = 0;
  bool refused = true;
  for (int number = 1; refused; number *= 2) {
    REQUIRE(number < 1 << 20);
    CAPTURE(number);
    for (const auto& output : outputs) fs::remove_all(output);
    fs::remove(record);
    const auto outcome = starved(number, record, arguments);
    CAPTURE(outcome.err);
    refused = fs::exists(record);
    if (outcome.status == 0) continue;  // the allocation was not needed or not made
    ++failed;
    CHECK(outcome.status == 1);
    REQUIRE_FALSE(outcome.error_lines().empty());
    const bool ours = outcome.err.find("memory") != std::string::npos;
    const bool of_openblas = outcome.err == "OpenBLAS: malloc failed in gemm_driver\n";  // which ends the program
    CHECK((ours || of_openblas));
    CHECK(outcome.err.find("frame #") == std::string::npos);
    CHECK(outcome.error_lines().size() <= 2);  // the photo and the number of failures
  }
  CHECK(failed > 4);
  for (const auto& output : outputs) CHECK(fs::exists(output));
}

}  // namespace

TEST_CASE("captioning reports any failed allocation in one error") {
  const test::TemporaryFolder folder;
  const fs::path page = folder / "page.html";
  check_starved({"caption", "--model", "soft", "--page", page.string(), test::fixture().photo(0)}, {page});
}

TEST_CASE("evaluation reports any failed allocation in one error") {
  const test::TemporaryFolder folder;
  const CaptionDataset images = test::write_pictures(folder / "images", 2);
  write_file(folder / "captions.txt", test::flickr_lines(images));
  write_file(folder / "list.txt", "0.png\n1.png\n");
  const fs::path json = folder / "figures.json";
  check_starved({"evaluate", "--threads", "1", "--model", "hard", "--beam", "2", "--images",
                 (folder / "images").string(), "--captions", (folder / "captions.txt").string(), "--list",
                 (folder / "list.txt").string(), "--json", json.string()},
                {json});
}

#endif
