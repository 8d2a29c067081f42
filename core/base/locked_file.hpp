#pragma once

#include <filesystem>
#include <string>

namespace saccade {

/// Opens a file for writing, creates it if necessary, and locks it exclusively (flock); the system releases the lock
/// when the process ends. `wait`: wait for the lock. Returns the descriptor, or -1 with errno: EWOULDBLOCK if another
/// process holds the lock, EINTR after a signal.
int open_locked(const std::string& path, bool wait);

/// A lock file that exists and is locked during the lifetime of this object. The file of a killed process does not
/// count.
class FileLock {
 public:
  /// Throws Error `path: busy` if another process holds it, if it cannot be created, or if it is not empty and
  /// therefore not a lock file.
  FileLock(const std::filesystem::path& path, const std::string& busy);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace saccade
