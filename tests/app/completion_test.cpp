#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "tests/app/program.hpp"
#include "tests/temporary_folder.hpp"

// The manual page and the completions of shells, as the programs that read them see them.

using namespace saccade;
using Set = std::set<std::string>;

namespace {

/// The lines that a command of the shell prints, its complaints included. REQUIREs that it succeeds.
std::vector<std::string> shell(const std::string& command, const test::TemporaryFolder& folder) {
  const std::string out = (folder / "shell-output").string();
  const int status =
      std::system(("cd '" + (folder / "").string() + "' && { " + command + "; } >" + out + " 2>&1").c_str());
  const std::string text = read_file(out);
  CAPTURE(command);
  CAPTURE(text);
  REQUIRE(status == 0);
  return test::lines_of(text);
}

bool is_there(const char* program) {
  const bool there = std::system(("command -v " + std::string(program) + " >/dev/null 2>&1").c_str()) == 0;
  if (!there) MESSAGE(std::string(program), " is not installed: what it would say of the file is not asked");
  return there;
}

/// Writes what `saccade options FORM` prints to a file of the folder.
void write_form(const std::string& form, const std::filesystem::path& file) {
  const auto outcome = test::saccade({"options", form});
  REQUIRE(outcome.status == 0);
  write_file(file, outcome.out);
}

/// What bash offers for the last of these words.
Set offered(const std::string& words, const test::TemporaryFolder& folder) {
  const auto lines =
      shell("bash -c 'source completion; COMP_WORDS=(" + words +
                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _saccade; printf \"%s\\n\" \"${COMPREPLY[@]}\"'",
            folder);
  return {lines.begin(), lines.end()};
}

}  // namespace

TEST_CASE("the manual page is valid and lists every option") {
  const test::TemporaryFolder folder;
  write_form("--man", folder / "saccade.1");
  const std::string page = read_file(folder / "saccade.1");
  for (const char* part :
       {".SH NAME", "\\fB\\-\\-beam\\fR \\fIN\\fR", "\\fB\\-\\-skip\\-broken\\fR", "\\-\\-dump\\-config"}) {
    CAPTURE(part);
    CHECK(page.find(part) != std::string::npos);
  }
  if (is_there("groff")) CHECK(shell("groff -man -Tutf8 -ww -z saccade.1", folder).empty());
  if (is_there("man"))
    CHECK(shell("LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -l saccade.1 2>&1 >/dev/null", folder).empty());
  if (is_there("mandoc")) CHECK(shell("mandoc -W error saccade.1 >/dev/null", folder).empty());
}

TEST_CASE("bash completes commands, options, choices and files") {
  if (!is_there("bash")) return;
  const test::TemporaryFolder folder;
  write_form("--bash", folder / "completion");
  write_file(folder / "a photo.jpg", "");
  std::filesystem::create_directory(folder / "a folder");
  CHECK(offered("saccade c", folder) == Set{"caption", "check-data"});
  CHECK(offered("saccade help s", folder) == Set{"score", "serve"});
  CHECK(offered("saccade caption --bea", folder) == Set{"--beam"});
  CHECK(offered("saccade caption --cell-selection \"\"", folder) == Set{"medoid", "argmax", "sample", "expected"});
  CHECK(offered("saccade caption --cell-selection = a", folder) == Set{"argmax"});
  CHECK(offered("saccade caption --cell-selection =", folder) == Set{"medoid", "argmax", "sample", "expected"});
  CHECK(offered("saccade caption \"a \"", folder) == Set{"a photo.jpg", "a folder"});
  CHECK(offered("saccade train --images a", folder) == Set{"a folder"});
  CHECK(offered("saccade caption --model so", folder) == Set{"soft"});
  CHECK(offered("saccade info \"\"", folder).count("hard") == 1);
  CHECK(offered("saccade info \"\"", folder).count("a photo.jpg") == 1);
  CHECK(offered("saccade train --epochs a", folder) == Set{""});
  CHECK(offered("saccade train --cell-selection argmax --conf", folder) == Set{"--config"});
}

TEST_CASE("zsh takes its completions") {
  const test::TemporaryFolder folder;
  write_form("--zsh", folder / "_saccade");
  const std::string zsh = read_file(folder / "_saccade");
  CHECK(zsh.find("#compdef saccade\n") == 0);
  CHECK(zsh.find("'--images=[Read images from this folder]:DIR:_files -/'") != std::string::npos);
  if (is_there("zsh")) CHECK(shell("zsh -n _saccade", folder).empty());
}

TEST_CASE("an unknown format of the options is a usage error") {
  CHECK(test::check_refused(test::saccade({"options", "--powershell"}), 2).find("--powershell") != std::string::npos);
}
