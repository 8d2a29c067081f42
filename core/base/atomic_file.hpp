#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// A file that appears under its name whole or not at all: written to a temporary beside it (PATH.saccade~), synced,
/// then renamed. Without a call of `commit()` (an exception, say) the temporary is removed and what stood at `path`
/// before stays; one that a killed process left is taken over. Who writes the same path at the same time waits: the
/// last one wins. A path that names a device or pipe (`/dev/stdout`) is written to directly.
class AtomicFile {
 public:
  /// Opens the temporary. Throws Error when the folder does not exist or cannot be written.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes. Throws Error when the disk is full or failing.
  void write(const void* data, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }

  /// Syncs, closes and renames into place. Throws Error on failure.
  void commit();

 private:
  [[noreturn]] void fail(const char* action) const;
  void discard();

  std::filesystem::path path_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// Where AtomicFile(path) writes until it commits.
std::filesystem::path temporary_of(const std::filesystem::path& path);

/// Writes `content` to `path` in one piece. Throws Error as AtomicFile does.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Throws the Error that writing there would throw, as far as it can be known, and leaves everything as it was: to be
/// asked before long work begins.
void require_writable(const std::filesystem::path& path);

/// The same for standard output, as it was opened, whoever may write to it by its name: closed, a full device, or a
/// file on a full disk.
void require_standard_output();

/// The whole file (or what a pipe gives) as bytes. Throws Error when it cannot be read, or is larger than a gigabyte.
std::string read_file(const std::filesystem::path& path);

}  // namespace saccade
