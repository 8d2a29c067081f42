#include "core/base/atomic_file.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "core/base/interruption.hpp"
#include "core/base/locked_file.hpp"

namespace saccade {
namespace fs = std::filesystem;

namespace {

/// Whether the path is a device, a pipe or an alias of an open file (/dev/stdout), which is written to but never
/// replaced.
bool is_stream(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return false;
  const std::string text = path.string();
  return !fs::is_regular_file(path, ignored) || text.rfind("/dev/", 0) == 0 || text.rfind("/proc/", 0) == 0;
}

/// The file to replace: the target of a link. The link stays.
fs::path target_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const fs::path target = fs::weakly_canonical(path, error);
  return error ? path : target;
}

/// Whether a device can be written to: /dev/full refuses even zero bytes. Not for pipes, because closing one ends it
/// for its reader.
bool takes_bytes(const fs::path& device) {
  const int descriptor = ::open(device.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool taken = ::write(descriptor, "", 0) == 0;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return taken;
}

/// Whether the file, or its folder, is immutable or append-only (chattr +i, +a). Some file systems do not report it.
bool is_kept(const fs::path& path) {
  struct statx status {};
  constexpr std::uint64_t kKept = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
  return ::statx(AT_FDCWD, path.c_str(), 0, 0, &status) == 0 && (status.stx_attributes & kKept) != 0;
}

/// Whether the file system has no free block for this user; sets errno.
bool is_full(const fs::path& place) {
  struct statvfs status {};
  if (::statvfs(place.c_str(), &status) != 0 || status.f_blocks == 0)
    return false;  // some file systems do not report blocks
  if ((::geteuid() == 0 ? status.f_bfree : status.f_bavail) > 0) return false;
  errno = ENOSPC;
  return true;
}

/// Throws the Error of AtomicFile(path) but keeps an existing temporary file. Returns whether one exists.
bool require_temporary(const fs::path& path) {
  const fs::path temporary = temporary_of(path);
  struct stat status {};
  std::error_code ignored;
  if (fs::is_directory(path, ignored) || ::lstat(temporary.c_str(), &status) != 0) {
    const AtomicFile can_be_made(path);
    return false;
  }
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) throw Error("{}: cannot create the file: {}", temporary.string(), std::strerror(errno));
  ::close(descriptor);
  return true;
}

std::string read_all(int descriptor, const std::string& name) {
  constexpr std::size_t kLargest = std::size_t{1} << 30;
  const auto require_fit = [&name](std::size_t size) {
    if (size > kLargest) throw Error("{}: the file is larger than a gigabyte, which is more than is read", name);
  };
  std::string content;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && status.st_size > 0) {
    require_fit(static_cast<std::size_t>(status.st_size));
    content.reserve(static_cast<std::size_t>(status.st_size));
  }
  char block[1 << 16];
  for (;;) {
    const ssize_t size = ::read(descriptor, block, sizeof block);
    if (size == 0) return content;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw Error("{}: cannot read the file: {}", name, std::strerror(errno));
    content.append(block, static_cast<std::size_t>(size));
    require_fit(content.size());
  }
}

}  // namespace

fs::path temporary_of(const fs::path& path) {
  constexpr std::string_view kSuffix = ".saccade~";
  constexpr std::size_t kLongestName = 255, kKept = 200;  // bytes of a file name on common file systems
  const fs::path target = target_of(path);
  std::string name = target.filename().string();
  if (name.size() <= kLongestName && name.size() + kSuffix.size() > kLongestName) {
    Fingerprint whole;
    whole.add(name);
    name = name.substr(0, kKept) + fmt::format("{:016x}", whole.number());
  }
  return target.parent_path() / name.append(kSuffix);
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  std::error_code ignored;
  if (fs::is_directory(path_, ignored)) throw Error("{}: cannot write here: it is a folder", path_.string());
  if (is_stream(path_)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor_ < 0) fail("open for writing");
    return;
  }
  path_ = target_of(path_);
  temporary_ = temporary_of(path_).string();
  descriptor_ = open_locked(temporary_, /*wait=*/true);
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("create");
  }
  remember_unfinished(temporary_.c_str());
  if (::ftruncate(descriptor_, 0) == 0) return;
  const int error = errno;
  discard();
  errno = error;
  fail("empty");
}

AtomicFile::~AtomicFile() {
  discard();
}

void AtomicFile::discard() {
  if (!temporary_.empty()) {
    forget_unfinished(temporary_.c_str());
    ::unlink(temporary_.c_str());  // before releasing the lock
    temporary_.clear();
  }
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void AtomicFile::fail(const char* action) const {
  throw Error("{}: cannot {} the file: {}", path_.string(), action, std::strerror(errno));
}

void AtomicFile::write(const void* data, std::size_t size) {
  const char* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::commit() {
  if (!temporary_.empty()) {
    if (::fsync(descriptor_) != 0) fail("sync");
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("rename");
    forget_unfinished(temporary_.c_str());
    temporary_.clear();
  }
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("close");
}

void write_file(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

void require_writable(const fs::path& path) {
  std::error_code ignored;
  if (!is_stream(path) || fs::is_directory(path, ignored)) {
    const fs::path place = fs::absolute(target_of(path));
    if (is_kept(place) || (::access(place.c_str(), W_OK) != 0 && errno == EPERM)) {
      throw Error("{}: cannot replace the file: {}", path.string(), std::strerror(EPERM));
    }
    if (is_kept(place.parent_path()))
      throw Error("{}: cannot create the file: {}", path.string(), std::strerror(EPERM));
    // The temporary file of a killed process may fill the disk; it will be truncated.
    if (!require_temporary(path) && is_full(place.parent_path())) {
      throw Error("{}: cannot write the file: {}", path.string(), std::strerror(errno));
    }
  } else if (::access(path.c_str(), W_OK) != 0 || (fs::is_character_file(path) && !takes_bytes(path))) {
    throw Error("{}: cannot write here: {}", path.string(), std::strerror(errno));
  }
}

void require_standard_output() {
  struct stat status {};
  const int mode = ::fcntl(STDOUT_FILENO, F_GETFL);
  bool lost = mode == -1 || ::fstat(STDOUT_FILENO, &status) != 0;
  if (!lost && (mode & O_ACCMODE) == O_RDONLY) {
    errno = EBADF;
    lost = true;
  }
  lost = lost || (S_ISCHR(status.st_mode) && ::write(STDOUT_FILENO, "", 0) != 0) ||
         (S_ISREG(status.st_mode) && is_full("/dev/stdout"));
  if (lost) throw Error("standard output cannot be written: {}", std::strerror(errno));
}

std::string read_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw Error("{}: is a folder, not a file", path.string());
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Error("{}: cannot open the file: {}", path.string(), std::strerror(errno));
  try {
    std::string content = read_all(descriptor, path.string());
    ::close(descriptor);
    return content;
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

}  // namespace saccade
