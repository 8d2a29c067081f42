#include "core/base/atomic_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

#include "core/base/error.hpp"

namespace saccade {
namespace fs = std::filesystem;

namespace {

/// A device, a pipe or a name for an open file (/dev/stdout): something to write into, never to replace.
bool is_stream(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return false;
  const std::string text = path.string();
  return !fs::is_regular_file(path, ignored) || text.rfind("/dev/", 0) == 0 || text.rfind("/proc/", 0) == 0;
}

}  // namespace

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  std::error_code ignored;
  if (fs::is_directory(path_, ignored)) throw Error("{}: cannot write here: it is a folder", path_.string());
  if (is_stream(path_)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor_ < 0) fail("open for writing");
    return;
  }
  if (fs::is_symlink(path_, ignored)) path_ = fs::weakly_canonical(path_);  // the link stays, its target is replaced
  temporary_ = path_.string() + ".XXXXXX";
  descriptor_ = ::mkstemp(temporary_.data());
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("create");
  }
  const mode_t mask = ::umask(0);  // mkstemp gives 0600; a result file gets what the user's umask allows
  ::umask(mask);
  ::fchmod(descriptor_, 0666 & ~mask);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
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
  if (!temporary_.empty() && ::fsync(descriptor_) != 0) fail("sync");
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) fail("close");
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("rename");
  temporary_.clear();
}

void write_file(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

std::string read_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw Error("{}: is a folder, not a file", path.string());
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Error("{}: cannot open the file: {}", path.string(), std::strerror(errno));
  std::string content;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && status.st_size > 0) {
    content.reserve(static_cast<std::size_t>(status.st_size));
  }
  char block[1 << 16];
  for (;;) {
    const ssize_t size = ::read(descriptor, block, sizeof block);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      const int error = errno;
      ::close(descriptor);
      throw Error("{}: cannot read the file: {}", path.string(), std::strerror(error));
    }
    if (size == 0) break;
    content.append(block, static_cast<std::size_t>(size));
  }
  ::close(descriptor);
  return content;
}

}  // namespace saccade
