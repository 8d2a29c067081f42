#include "core/base/checked_records.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "tests/temporary_folder.hpp"

using namespace saccade;

namespace {

std::filesystem::path write_example(const test::TemporaryFolder& folder) {
  const std::filesystem::path path = folder / "records";
  CheckedRecordsWriter writer(path);
  for (const char* record : {"one", "two", "six"}) writer.add(record);
  writer.commit();
  return path;
}

}  // namespace

TEST_CASE("records are read as they were written") {
  const test::TemporaryFolder folder;
  CheckedRecords records(write_example(folder), 3, 3);
  REQUIRE(records.open());
  std::string record(3, ' ');
  CHECK(records.read(2, record.data()));
  CHECK(record == "six");
  CHECK(records.read(0, record.data()));
  CHECK(record == "one");
}

TEST_CASE("a file with records of another shape is not opened") {
  const test::TemporaryFolder folder;
  const auto path = write_example(folder);
  CHECK_FALSE(CheckedRecords(path, 3, 2).open());
  CHECK_FALSE(CheckedRecords(path, 1, 25).open());  // the same total size
  CHECK_FALSE(CheckedRecords(folder / "missing", 3, 3).open());
}

TEST_CASE("any changed byte is detected") {
  const test::TemporaryFolder folder;
  const auto path = write_example(folder);
  const std::string whole = read_file(path);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    write_file(path, damaged);
    CHECK_FALSE(CheckedRecords(path, 3, 3).open());
  }
}
