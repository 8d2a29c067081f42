#include "core/text/unicode.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace saccade;

TEST_CASE("is_utf8 distinguishes text from other bytes") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("plain"));
  CHECK(is_utf8("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x95\xF4\x8F\xBF\xBF"));
  CHECK_FALSE(is_utf8("\xED\xBF\xBF"));
  CHECK_FALSE(is_utf8("\xC1\xBF"));
  CHECK_FALSE(is_utf8("abc\xF0\x9F\x90"));
}

TEST_CASE("the position of invalid UTF-8 is the start of its character") {
  CHECK(first_invalid_byte("caf\xC3\xA9") == std::string_view::npos);
  CHECK(first_invalid_byte("caf\xE9 noir") == 3);
  CHECK(first_invalid_byte("\xC3\xA9\xE2\x80") == 2);
}

TEST_CASE("text is unchanged after decoding and encoding") {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x95";
  CHECK(decode(text) == U"a\u00E9\u20AC\U0001F415");
  std::string again;
  for (const char32_t code : decode(text)) append_utf8(again, code);
  CHECK(again == text);
}

TEST_CASE("letters of any script are converted to lower case") {
  CHECK(to_lower(U'Q') == U'q');
  CHECK(to_lower(U'\u00C9') == U'\u00E9');
  CHECK(to_lower(U'\u0416') == U'\u0436');
  CHECK(to_lower(U'5') == U'5');
}
