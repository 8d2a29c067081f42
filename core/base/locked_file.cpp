#include "core/base/locked_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/stat.h>

#include "core/base/error.hpp"
#include "core/base/interruption.hpp"

namespace saccade {
namespace {

/// Whether the open file still has this name. The previous owner of the lock may have renamed or removed it.
bool is_at(int descriptor, const char* path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::lstat(path, &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

}  // namespace

int open_locked(const std::string& path, bool wait) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (descriptor < 0) return -1;
    // Continue on file systems without locks.
    const bool refused =
        ::flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR);
    if (!refused && is_at(descriptor, path.c_str())) return descriptor;
    const int error = errno;
    ::close(descriptor);
    errno = error;
    if (refused) return -1;
  }
}

FileLock::FileLock(const std::filesystem::path& path, const std::string& busy)
    : path_(path.string()), descriptor_(open_locked(path_, /*wait=*/false)) {
  if (descriptor_ < 0 && errno == EWOULDBLOCK) throw Error("{}: {}", path_, busy);
  if (descriptor_ < 0) throw Error("{}: cannot create the file: {}", path_, std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > 0) {
    ::close(descriptor_);
    throw Error("{}: is needed as a lock, and there is a file with something in it; move that, or choose another name",
                path_);
  }
  remember_unfinished(path_.c_str());
}

FileLock::~FileLock() {
  forget_unfinished(path_.c_str());
  ::unlink(path_.c_str());  // while locked, so that it cannot be another's
  ::close(descriptor_);
}

}  // namespace saccade
