#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "models/checkpoint.hpp"
#include "tests/app/fixture.hpp"

// saccade caption: what may be given to it, and what it prints.

using namespace saccade;
using test::caption;
using test::check_refused;
using test::fixture;
namespace fs = std::filesystem;

namespace {

/// The line that the program should print for a photo.
std::string line_of(const fs::path& photo) {
  return photo.string() + "\t" + fixture().caption_of(photo).text();
}

}  // namespace

TEST_CASE("a caption is printed as path, tab and caption") {
  const auto outcome = caption({fixture().photo(0)});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  REQUIRE(outcome.lines().size() == 1);
  CHECK(outcome.lines()[0] == line_of(fixture().photo(0)));
  CHECK(outcome.lines()[0].size() > fixture().photo(0).size() + 1);
}

TEST_CASE("photos are captioned in the given order, duplicates included") {
  const auto outcome = caption({fixture().photo(2), fixture().photo(0), fixture().photo(2)});
  CHECK(outcome.status == 0);
  CHECK(outcome.lines() == std::vector<std::string>{line_of(fixture().photo(2)), line_of(fixture().photo(0)),
                                                    line_of(fixture().photo(2))});
}

TEST_CASE("a folder is replaced by its images, sorted by name") {
  const test::TemporaryFolder folder;
  fs::create_directories(folder / "sub/below");
  fs::copy_file(fixture().photo(1), folder / "b.png");
  fs::copy_file(fixture().photo(0), folder / "a.PNG");
  fs::copy_file(fixture().photo(2), folder / "sub/below/c.png");
  const auto outcome = caption({folder.path().string()});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.lines() == std::vector<std::string>{line_of(folder / "a.PNG"), line_of(folder / "b.png"),
                                                    line_of(folder / "sub/below/c.png")});
}

TEST_CASE("- reads a list from standard input") {
  const auto outcome = caption({"-", fixture().photo(0)},
                               fixture().photo(1) + "\r\n\n" + fixture().photo(2) + "\n" + fixture().photo(0));
  CHECK(outcome.status == 0);
  CHECK(outcome.lines() == std::vector<std::string>{line_of(fixture().photo(1)), line_of(fixture().photo(2)),
                                                    line_of(fixture().photo(0)), line_of(fixture().photo(0))});
}

TEST_CASE("a list may begin with a UTF-8 byte order mark, and a UTF-16 list is refused") {
  CHECK(caption({"-"}, "\xEF\xBB\xBF" + fixture().photo(1) + "\n").out == line_of(fixture().photo(1)) + "\n");
  using namespace std::string_literals;
  for (const std::string& list : {"\xFF\xFE/\0\n\0"s, "\xFE\xFF\0/\0\n"s}) {
    const auto outcome = caption({"-"}, list);
    CHECK(check_refused(outcome, 1).find("UTF-16") != std::string::npos);
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("unreadable standard input is reported, whether a folder or closed") {
  const test::TemporaryFolder folder;
  const auto told_by = [&folder](const std::string& redirection) {
    const std::string command = "'" SACCADE_PROGRAM "' caption - --model '" + fixture().model_file.string() +
                                "' --threads 1 " + redirection + " 2>'" + (folder / "err").string() + "'";
    CHECK(std::system((command + "; test $? = 1").c_str()) == 0);
    return read_file(folder / "err");
  };
  for (const std::string& redirection : {"<'" + folder.path().string() + "'", std::string("<&-")}) {
    CHECK(told_by(redirection).find("standard input: cannot be read") != std::string::npos);
  }
}

TEST_CASE("with standard error closed, messages do not go into output files") {
  const test::TemporaryFolder folder;
  const std::string command = "'" SACCADE_PROGRAM "' caption /nowhere.png '" + fixture().photo(0) + "' --model '" +
                              fixture().model_file.string() + "' --threads 1 --output '" +
                              (folder / "captions.txt").string() + "' 2>&-";
  CHECK(std::system((command + "; test $? = 1").c_str()) == 0);
  CHECK(test::lines_of(read_file(folder / "captions.txt")) == std::vector<std::string>{line_of(fixture().photo(0))});
}

TEST_CASE("a bad file is one line on stderr; the others are captioned, and the status is 1") {
  const test::TemporaryFolder folder;
  write_file(folder / "text.png", "this is no picture");
  write_file(folder / "empty.jpg", "");
  write_file(folder / "cut.png", read_file(fixture().photo(0)).substr(0, 60));
  const std::string missing = (folder / "missing.jpg").string();
  const std::vector<std::string> bad{(folder / "text.png").string(), (folder / "empty.jpg").string(),
                                     (folder / "cut.png").string(), missing};
  const auto outcome = caption({fixture().photo(0), bad[0], bad[1], fixture().photo(1), bad[2], bad[3]});
  CHECK(outcome.status == 1);
  CHECK(outcome.lines() == std::vector<std::string>{line_of(fixture().photo(0)), line_of(fixture().photo(1))});
  const auto problems = outcome.error_lines();
  REQUIRE(problems.size() == 5);
  CHECK(problems[4] == "2 captioned, 4 failed");
  for (std::size_t i = 0; i < 4; ++i) CHECK(problems[i].find("saccade: error: " + bad[i]) == 0);
}

TEST_CASE("only bad files give one line each and no output") {
  const test::TemporaryFolder folder;
  write_file(folder / "text.png", "this is no picture");
  check_refused(caption({(folder / "text.png").string()}), 1);
}

TEST_CASE("a folder without images is reported") {
  const test::TemporaryFolder folder;
  CHECK(check_refused(caption({folder.path().string()}), 1).find("no image in this folder") != std::string::npos);
}

TEST_CASE("an empty list captions nothing") {
  const auto outcome = caption({"-"}, "\n\n");
  CHECK(outcome.out.empty());
}

TEST_CASE("a path may contain spaces and any script") {
  const test::TemporaryFolder folder;
  const fs::path photo = folder / "two words \xE7\x8A\xAC.png";
  fs::copy_file(fixture().photo(0), photo);
  const auto outcome = caption({photo.string()});
  CHECK(outcome.status == 0);
  REQUIRE(outcome.lines().size() == 1);
  CHECK(outcome.lines()[0] == line_of(photo));
}

TEST_CASE("batches give the same captions as single photos") {
  std::vector<std::string> photos;
  std::vector<std::string> expected;
  for (int i = 0; i < 35; ++i) {
    photos.push_back(fixture().photo(i % 3));
    expected.push_back(line_of(photos.back()));
  }
  const auto outcome = caption(photos);
  CHECK(outcome.status == 0);
  CHECK(outcome.lines() == expected);
}

TEST_CASE("a beam of 1 is greedy search") {
  const auto outcome = caption({"--beam", "1", fixture().photo(1)});
  models::SearchOptions greedy;
  greedy.beam = 1;
  CHECK(outcome.out == fixture().photo(1) + "\t" + fixture().caption_of(fixture().photo(1), greedy).text() + "\n");
}

TEST_CASE("more threads than cores give no warning") {
  const auto outcome = test::saccade({"caption", "--model", fixture().model_file.string(), "--threads", "9",
                                      fixture().photo(0), fixture().photo(1), "--quiet"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
}

TEST_CASE("--top prints the N best captions per photo") {
  const auto outcome = caption({"--top", "3", fixture().photo(0), fixture().photo(1)});
  CHECK(outcome.status == 0);
  const auto lines = outcome.lines();
  REQUIRE(lines.size() == 6);
  CHECK(lines[0].find(line_of(fixture().photo(0)) + "\tlog p -") == 0);
  CHECK(lines[3].find(line_of(fixture().photo(1)) + "\tlog p -") == 0);
  CHECK(lines[1] != lines[0]);
  CHECK(lines[1].find("\tlog p -") != std::string::npos);
  for (std::size_t i = 0; i < 6; ++i) CHECK(lines[i].find(fixture().photo(i < 3 ? 0 : 1) + "\t") == 0);
}

TEST_CASE("unwritable output is reported with status 1") {
  const auto outcome = caption({fixture().photo(0)}, {}, "/dev/full");
  CHECK(outcome.status == 1);
  REQUIRE(outcome.error_lines().size() == 1);
  CHECK(outcome.error_lines()[0] == "saccade: error: standard output cannot be written: No space left on device");
}

TEST_CASE("unwritable output is reported after the first photos") {
  std::vector<std::string> words(40, fixture().photo(0));
  words.push_back("/nowhere/photo.jpg");
  const auto outcome = caption(words, {}, "/dev/full");
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("/nowhere/photo.jpg") == std::string::npos);
}

TEST_CASE("a list may separate names by zero bytes, as from find -print0") {
  const std::string zero(1, '\0');
  const auto outcome = caption({"-"}, fixture().photo(1) + zero + fixture().photo(2) + zero);
  CHECK(outcome.status == 0);
  CHECK(outcome.lines() == std::vector<std::string>{line_of(fixture().photo(1)), line_of(fixture().photo(2))});
}

TEST_CASE("tabs and line breaks in names are escaped, except in JSON") {
  const test::TemporaryFolder folder;
  const fs::path photo = folder / "a\tb\nc\x1b.png";
  fs::copy_file(fixture().photo(0), photo);
  const auto outcome = caption({photo.string()});
  REQUIRE(outcome.lines().size() == 1);
  CHECK(outcome.lines()[0].find((folder / "a\\tb\\nc\\x1b.png").string() + "\t") == 0);
  const auto as_json = caption({"--json", photo.string()});
  CHECK(as_json.out.find(R"(a\tb\nc\u001b.png)") != std::string::npos);
  const std::string missing = check_refused(caption({(folder / "x\ny").string()}), 1);
  CHECK(missing.find("x\\ny: there is no such file") != std::string::npos);
}

TEST_CASE("an empty name is an error") {
  CHECK(check_refused(caption({""}), 1).find("empty argument") != std::string::npos);
}

TEST_CASE("unwritable pictures are reported before captioning") {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "");
  for (const std::string out : {"missing/sheet.png", "file/sheets"}) {
    const auto refusal = check_refused(caption({"--overlay", (folder / out).string(), fixture().photo(0)}), 1);
    CHECK(refusal.find((folder / out).string()) != std::string::npos);
  }
}

TEST_CASE("a model that overflows gives an error and no caption") {
  const test::TemporaryFolder folder;
  models::Captioner model = models::load_checkpoint(fixture().model_file);
  {
    const torch::NoGradGuard no_gradient;
    for (auto& parameter : model.decoder->parameters()) parameter.fill_(3e38);
  }
  models::save_checkpoint(folder / "model", model);
  const auto outcome = test::saccade({"caption", "--model", (folder / "model").string(), fixture().photo(0)});
  CHECK(check_refused(outcome, 1).find("overflow on this picture") != std::string::npos);
}

TEST_CASE("a missing, truncated or invalid model is refused by name") {
  const test::TemporaryFolder folder;
  const std::string path = (folder / "model").string();
  const auto refused = [&] {
    const auto message =
        check_refused(test::saccade({"caption", "--model", path, "--threads", "1", fixture().photo(0)}), 1);
    CHECK(message.find("saccade: error: " + path) == 0);
  };
  refused();
  const std::string whole = read_file(fixture().model_file);
  for (const std::size_t size : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
    CAPTURE(size);
    write_file(path, whole.substr(0, size));
    refused();
  }
  fs::copy_file(fixture().photo(0), path, fs::copy_options::overwrite_existing);
  refused();
}
