#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "tests/app/program.hpp"

// docs/reference/options.md, which is made from the options' declarations.

using namespace saccade;

TEST_CASE("docs/reference/options.md equals the output of `saccade options --markdown`") {
  const auto outcome = test::saccade({"options", "--markdown"});
  CHECK(outcome.status == 0);
  const bool same =
      read_file(std::filesystem::path(SACCADE_ASSETS).parent_path() / "docs/reference/options.md") == outcome.out;
  CHECK_MESSAGE(same, "run build/default/bin/saccade options --markdown >docs/reference/options.md");
}

TEST_CASE("every option of --help is documented") {
  const std::string document = test::saccade({"options", "--markdown"}).out;
  for (const char* command : {"caption", "train", "evaluate", "score", "check-data", "info", "serve"}) {
    const std::string section = "## saccade " + std::string(command);
    CHECK(document.find(section) != std::string::npos);
    for (const auto& line : test::saccade({command, "--help"}).lines()) {
      const auto begin = line.find("  --");
      if (begin != 0) continue;
      const std::string option = line.substr(2, line.find(' ', 2) - 2);
      CAPTURE(option);
      CHECK(document.find("| `" + option) != std::string::npos);
    }
  }
  for (const auto& line : test::lines_of(document)) {
    if (line.rfind("| `--", 0) != 0) continue;
    CAPTURE(line);
    const std::string help = line.substr(0, line.size() - 2);
    CHECK((help.back() == '.' || help.substr(help.size() - 2) == ".)"));
  }
}
