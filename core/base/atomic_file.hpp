#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// A file that appears under its name whole or not at all: written to a temporary name beside it, synced, then renamed.
/// Without a call of `commit()` (an exception, say) the temporary is removed and what stood at `path` before stays.
/// A path that names a device or pipe (`/dev/stdout`) is written to directly.
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

  std::filesystem::path path_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// Writes `content` to `path` in one piece. Throws Error as AtomicFile does.
void write_file(const std::filesystem::path& path, std::string_view content);

/// The whole file as bytes. Throws Error when it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace saccade
