#include "core/text/printable.hpp"

#include <string>

#include <doctest/doctest.h>

using saccade::printable;

TEST_CASE("control characters and invalid UTF-8 are shown as numbers, and other text is unchanged") {
  CHECK(printable("a dog.jpg") == "a dog.jpg");
  CHECK(printable("caf\xC3\xA9 \xE7\x8A\xAC \\n") == "caf\xC3\xA9 \xE7\x8A\xAC \\n");
  CHECK(printable("a\tb\nc\rd") == "a\\tb\\nc\\rd");
  CHECK(printable("\x1B[31mred\x7F") == "\\x1b[31mred\\x7f");
  CHECK(printable("\xC2\x9B"
                  "31m") == "\\xc2\\x9b31m");
  CHECK(printable("gnp.\xE2\x80\xAEx\xE2\x81\xA6") == "gnp.\\xe2\\x80\\xaex\\xe2\\x81\\xa6");
  CHECK(printable("\xE2\x80\x99\xE2\x82\xAC\xE2\x80\xAF") == "\xE2\x80\x99\xE2\x82\xAC\xE2\x80\xAF");
  CHECK(printable("caf\xE9s\xFF") == "caf\\xe9s\\xff");
  CHECK(printable("") == "");
}
