#pragma once

#include <filesystem>
#include <string>

namespace saccade {

/// Opens a file for writing, making it when it is not there, and takes its lock (flock), which no two open files have
/// at a time; the system gives it back when the file is closed, whatever ends the process. With `wait` it is waited
/// for. Gives the descriptor; or -1, with errno: EWOULDBLOCK says that another has the lock, EINTR that a signal came.
int open_locked(const std::string& path, bool wait);

/// Says that a piece of work is being done, to whoever would do the same: a file that is there, and locked, as long as
/// this lives. A file that a killed process left says nothing.
class FileLock {
 public:
  /// Throws Error, `path: busy`, when another holds it, when the file cannot be made, and when it is not empty, and so
  /// nobody's lock.
  FileLock(const std::filesystem::path& path, const std::string& busy);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace saccade
