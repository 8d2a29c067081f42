#include "core/base/atomic_file.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
namespace fs = std::filesystem;

namespace {

std::ptrdiff_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

/// Sets the umask for a scope.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

/// A mounted 64 kB file system during its lifetime.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path path) : path_(std::move(path)) {
    fs::create_directory(path_);
    mounted_ = run("mount -t tmpfs -o size=64k tmpfs");
  }
  ~SmallDisk() {
    if (mounted_) run("umount");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const fs::path& path() const { return path_; }

 private:
  bool run(const std::string& command) const {
    return std::system((command + " '" + path_.string() + "' 2>/dev/null").c_str()) == 0;
  }

  fs::path path_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("a file contains the bytes that were written") {
  const test::TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes.push_back(static_cast<char>(i * 7));
  write_file(folder / "file", bytes);
  CHECK(read_file(folder / "file") == bytes);
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("an empty file can be written and read") {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "");
  CHECK(fs::exists(folder / "file"));
  CHECK(read_file(folder / "file").empty());
}

TEST_CASE("a file appears only when it is committed") {
  const test::TemporaryFolder folder;
  AtomicFile file(folder / "file");
  file.write("half of it");
  CHECK_FALSE(fs::exists(folder / "file"));
  file.write(", and the rest");
  file.commit();
  CHECK(read_file(folder / "file") == "half of it, and the rest");
}

TEST_CASE("without a commit, no new file remains and an existing file does not change") {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "old");
  try {
    AtomicFile file(folder / "file");
    file.write("new");
    throw std::runtime_error("the work failed");
  } catch (const std::runtime_error&) {
  }
  CHECK(read_file(folder / "file") == "old");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a replaced file remains readable through open handles") {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "old");
  const int reader = ::open((folder / "file").c_str(), O_RDONLY);
  REQUIRE(reader >= 0);
  write_file(folder / "file", "new");
  char seen[3] = {};
  CHECK(::read(reader, seen, sizeof seen) == 3);
  ::close(reader);
  CHECK(std::string(seen, 3) == "old");
  CHECK(read_file(folder / "file") == "new");
}

TEST_CASE("an unwritable path is reported") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(AtomicFile(folder / "missing/file"), doctest::Contains("missing/file: cannot create the file"),
                       Error);
  CHECK_THROWS_WITH_AS(AtomicFile(folder.path()), doctest::Contains("it is a folder"), Error);
  write_file(folder / "file", "");
  CHECK_THROWS_WITH_AS(AtomicFile(folder / "file/below"), doctest::Contains("file/below: cannot"), Error);
  CHECK_THROWS_AS(write_file("", "text"), Error);
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a full disk is reported") {
  AtomicFile file("/dev/full");
  CHECK_THROWS_WITH_AS(file.write("x"), doctest::Contains("/dev/full: cannot write"), Error);
}

TEST_CASE("devices and pipes are written to directly and are not replaced") {
  write_file("/dev/null", "nothing");
  CHECK(fs::is_character_file("/dev/null"));

  const test::TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const int reader = ::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
  write_file(folder / "pipe", "through the pipe");
  char seen[64];
  CHECK(::read(reader, seen, sizeof seen) == 16);
  ::close(reader);
  CHECK(fs::is_fifo(folder / "pipe"));
}

// /dev/stdout is such a path. With the shell's `> file`, it refers to a regular file.
TEST_CASE("the path of an open descriptor can be written to, for pipes and files") {
  const test::TemporaryFolder folder;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  write_file("/proc/self/fd/" + std::to_string(ends[1]), "text");
  char seen[64];
  CHECK(::read(ends[0], seen, sizeof seen) == 4);
  ::close(ends[0]);
  ::close(ends[1]);

  const int file = ::open((folder / "file").c_str(), O_CREAT | O_WRONLY, 0600);
  REQUIRE(file >= 0);
  write_file("/proc/self/fd/" + std::to_string(file), "text");
  ::close(file);
  CHECK(read_file(folder / "file") == "text");
}

TEST_CASE("a symbolic link is followed and remains a link") {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "elsewhere");
  write_file(folder / "elsewhere/real", "old");
  fs::create_symlink("elsewhere/real", folder / "link");
  write_file(folder / "link", "new");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read_file(folder / "elsewhere/real") == "new");
}

TEST_CASE("a new file gets its permissions from the umask") {
  const test::TemporaryFolder folder;
  const auto rights = [](const fs::path& path) { return static_cast<int>(fs::status(path).permissions()) & 0777; };
  {
    const Umask mask(022);
    write_file(folder / "shared", "");
  }
  {
    const Umask mask(077);
    write_file(folder / "private", "");
  }
  CHECK(rights(folder / "shared") == 0644);
  CHECK(rights(folder / "private") == 0600);
}

TEST_CASE("an unreadable path is reported") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(read_file(folder / "missing"), doctest::Contains("missing: cannot open the file"), Error);
  CHECK_THROWS_WITH_AS(read_file(folder.path()), doctest::Contains("is a folder"), Error);
}

TEST_CASE("the temporary file of a killed process is reused") {
  const test::TemporaryFolder folder;
  std::ofstream(folder / "file.saccade~") << "much more than is written now";
  write_file(folder / "file", "new");
  CHECK(read_file(folder / "file") == "new");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("concurrent writers wait, and the last one determines the content") {
  const test::TemporaryFolder folder;
  AtomicFile first(folder / "file");
  first.write("first");
  auto second = std::async(std::launch::async, [&] { write_file(folder / "file", "second"); });
  CHECK((second.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout));
  first.commit();
  second.get();
  CHECK(read_file(folder / "file") == "second");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a link with the name of a temporary file is not followed") {
  const test::TemporaryFolder folder;
  write_file(folder / "precious", "whole");
  fs::create_symlink("precious", folder / "file.saccade~");
  CHECK_THROWS_AS(write_file(folder / "file", "new"), Error);
  CHECK(read_file(folder / "precious") == "whole");
}

TEST_CASE("checking whether a path is writable leaves no files") {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "old");
  require_writable(folder / "file");
  require_writable(folder / "new");
  require_writable("/dev/null");
  CHECK(read_file(folder / "file") == "old");
  CHECK(entries(folder.path()) == 1);
  write_file(temporary_of(folder / "file"), "what a killed process left, or somebody's");
  require_writable(folder / "file");
  CHECK(fs::file_size(temporary_of(folder / "file")) > 0);
  CHECK_THROWS_WITH_AS(require_writable(folder / "missing/file"), doctest::Contains("missing/file: cannot create"),
                       Error);
  CHECK_THROWS_WITH_AS(require_writable(folder.path()), doctest::Contains("it is a folder"), Error);
}

TEST_CASE("files that cannot be replaced are reported in advance, if the file system supports them") {
  const test::TemporaryFolder folder;
  const fs::path place = folder / "place", file = place / "file";
  fs::create_directory(place);
  write_file(file, "old");
  require_writable(file);
  const auto change = [](const std::string& attribute, const fs::path& path) {
    return std::system(("chattr " + attribute + " " + path.string() + " 2>/dev/null").c_str()) == 0;
  };
  if (!change("+i", file)) {
    MESSAGE("skipped: no file can be made immutable here");
    return;
  }
  CHECK_THROWS_WITH_AS(require_writable(file), doctest::Contains("file: cannot replace the file"), Error);
  REQUIRE(change("-i +a", file));
  CHECK_THROWS_WITH_AS(require_writable(file), doctest::Contains("file: cannot replace the file"), Error);
  REQUIRE(change("-a", file));
  require_writable(file);
  REQUIRE(change("+a", place));
  CHECK_THROWS_WITH_AS(require_writable(file), doctest::Contains("file: cannot create the file"), Error);
  CHECK_THROWS_WITH_AS(require_writable(place / "new"), doctest::Contains("new: cannot create the file"), Error);
  // For a link, the folder of its target matters.
  fs::create_symlink("place/file", folder / "link");
  CHECK_THROWS_WITH_AS(require_writable(folder / "link"), doctest::Contains("link: cannot create the file"), Error);
  REQUIRE(change("-a", place));
  require_writable(file);
  require_writable(folder / "link");
  CHECK(entries(place) == 1);
}

TEST_CASE("a full device is reported in advance") {
  CHECK_THROWS_WITH_AS(require_writable("/dev/full"), doctest::Contains("/dev/full: cannot write here"), Error);
  CHECK_NOTHROW(require_writable("/dev/null"));
}

TEST_CASE("a full disk is reported in advance, if one can be mounted") {
  const test::TemporaryFolder folder;
  const SmallDisk disk(folder / "disk");
  if (!disk.mounted()) {
    MESSAGE("skipped: no disk can be mounted here");
    return;
  }
  require_writable(disk.path() / "new");
  write_file(temporary_of(disk.path() / "old"), "what a killed process left");
  static_cast<void>(std::system(("cat /dev/zero >'" + (disk.path() / "filling").string() + "' 2>/dev/null").c_str()));
  CHECK_THROWS_WITH_AS(require_writable(disk.path() / "new"),
                       doctest::Contains("new: cannot write the file: No space left"), Error);
  CHECK_NOTHROW(require_writable(disk.path() / "old"));  // the leftover temporary file is emptied first
  CHECK(entries(disk.path()) == 2);
}

TEST_CASE("a file of more than a gigabyte is refused before it is read") {
  const test::TemporaryFolder folder;
  write_file(folder / "huge", "");
  std::error_code sparse;
  fs::resize_file(folder / "huge", std::uintmax_t{1} << 42, sparse);
  if (sparse) fs::resize_file(folder / "huge", (std::uintmax_t{1} << 30) + 1);
  CHECK_THROWS_WITH_AS(read_file(folder / "huge"), doctest::Contains("huge: the file is larger than a gigabyte"),
                       Error);
}
