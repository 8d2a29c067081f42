#include "core/base/locked_file.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
namespace fs = std::filesystem;

TEST_CASE("a lock has one owner, and its file is removed with it") {
  const test::TemporaryFolder folder;
  const fs::path path = folder / "work.lock";
  {
    const FileLock lock(path, "work is done here");
    CHECK(fs::exists(path));
    CHECK_THROWS_WITH_AS(FileLock(path, "work is done here"), doctest::Contains("work.lock: work is done here"), Error);
    CHECK(fs::exists(path));
  }
  CHECK_FALSE(fs::exists(path));
  const FileLock again(path, "work is done here");
}

TEST_CASE("the lock file of a killed process does not block others") {
  const test::TemporaryFolder folder;
  write_file(folder / "work.lock", "");
  const FileLock lock(folder / "work.lock", "busy");
}

TEST_CASE("a non-empty file is not used as a lock and does not change") {
  const test::TemporaryFolder folder;
  write_file(folder / "work.lock", "precious");
  CHECK_THROWS_WITH_AS(FileLock(folder / "work.lock", "busy"), doctest::Contains("work.lock: is needed as a lock"),
                       Error);
  CHECK(read_file(folder / "work.lock") == "precious");
}

TEST_CASE("a lock that cannot be created is reported with its path") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(FileLock(folder / "missing/lock", "busy"), doctest::Contains("missing/lock: cannot create"),
                       Error);
}
