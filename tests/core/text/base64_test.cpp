#include "core/text/base64.hpp"

#include <doctest/doctest.h>

using saccade::base64;
using namespace std::string_view_literals;

TEST_CASE("bytes are encoded as in the examples of RFC 4648") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xFF\xFE\0\x80"sv) == "//4AgA==");
}
