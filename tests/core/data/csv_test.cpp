#include "core/data/csv.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace saccade;
using Words = std::vector<std::string>;

TEST_CASE("a quoted field is read back unchanged") {
  for (const std::string& text :
       std::vector<std::string>{"plain", "a, b", "say \"dog\"", "two\nlines", "\"", "caf\xC3\xA9"}) {
    CAPTURE(text);
    const std::string line = csv_field(text) + "," + csv_field(text) + "\n";
    CsvRecords records(line, ',');
    Words fields;
    REQUIRE(records.next(fields));
    CHECK(fields == Words{text, text});
    CHECK_FALSE(records.next(fields));
  }
}

TEST_CASE("blank lines are skipped, and records have line numbers") {
  CsvRecords records("a\n\n\"b\nc\"\nd", ',');
  Words fields;
  REQUIRE(records.next(fields));
  CHECK(records.line() == 1);
  REQUIRE(records.next(fields));
  CHECK(fields == Words{"b\nc"});
  CHECK(records.line() == 3);
  REQUIRE(records.next(fields));
  CHECK(records.line() == 5);
}
