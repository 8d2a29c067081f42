#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// A file that appears complete or not at all. It is written to a temporary file in the same folder (PATH.saccade~),
/// synced and renamed. Without a call to `commit()`, for example after an exception, the temporary file is removed and
/// the previous file stays. The temporary file of a killed process is reused. Concurrent writers of one path wait for
/// each other; the last one wins. Devices and pipes such as `/dev/stdout` are written to directly.
class AtomicFile {
 public:
  /// Opens the temporary file. Throws Error if the folder does not exist or is not writable.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes. Throws Error if the disk is full or fails.
  void write(const void* data, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }

  /// Syncs, closes and renames the file. Throws Error on failure.
  void commit();

 private:
  [[noreturn]] void fail(const char* action) const;
  void discard();

  std::filesystem::path path_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// The temporary file of AtomicFile(path).
std::filesystem::path temporary_of(const std::filesystem::path& path);

/// Writes `content` to `path`. Throws Error like AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Throws the Error that writing to `path` would throw, as far as it can be predicted, and changes nothing. Call it
/// before long work.
void require_writable(const std::filesystem::path& path);

/// The same for standard output: closed, a full device, or a file on a full disk.
void require_standard_output();

/// Returns the contents of a file or pipe. Throws Error if it cannot be read or exceeds 1 GB.
std::string read_file(const std::filesystem::path& path);

}  // namespace saccade
