#include "core/base/plain_reason.hpp"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

using namespace saccade;

TEST_CASE("a library's name for its exception is nothing for people") {
  try {
    nlohmann::json::object().at("mean");
  } catch (const std::exception& error) {
    CHECK(plain_reason(error) == "key 'mean' not found");
  }
  CHECK(plain_reason(Error("[json is fine here]")) == "[json is fine here]");
  CHECK(plain_reason(Error("it failed\nframe #0: a function")) == "it failed");
}
