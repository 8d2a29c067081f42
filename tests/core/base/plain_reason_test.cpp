#include "core/base/plain_reason.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

using namespace saccade;

TEST_CASE("exception class names are removed from messages") {
  try {
    nlohmann::json::object().at("mean");
  } catch (const std::exception& error) {
    CHECK(plain_reason(error) == "key 'mean' not found");
  }
  try {
    [[maybe_unused]] const auto document = nlohmann::json::parse("{\n\"a\": }");
  } catch (const std::exception& error) {
    CHECK(plain_reason(error) == "bad JSON at line 2, column 6");
  }
  try {
    static_cast<void>(std::filesystem::file_size("/nowhere/file"));
  } catch (const std::exception& error) {
    CHECK(plain_reason(error) == "/nowhere/file: No such file or directory");
  }
  const std::filesystem::filesystem_error nowhere("cannot go on", std::make_error_code(std::errc::io_error));
  CHECK(plain_reason(nowhere).find("cannot go on") != std::string::npos);
  CHECK(plain_reason(Error("[json is fine here]")) == "[json is fine here]");
  CHECK(plain_reason(Error("it failed\nframe #0: a function")) == "it failed");
}
