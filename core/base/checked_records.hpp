#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include "core/base/atomic_file.hpp"

namespace saccade {

/// A file of records of one size, each with a checksum that is verified on use.
class CheckedRecords {
 public:
  /// `record`: bytes per record.
  CheckedRecords(std::filesystem::path path, std::size_t count, std::size_t record);

  /// Opens the file. Returns false if it is missing or damaged.
  bool open();

  /// Reads one record into `data`. Returns false if it is damaged.
  bool read(std::size_t index, void* data) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::size_t count_, record_;
  std::vector<std::uint64_t> checksums_;
  mutable std::ifstream file_;
};

/// Writes such a file atomically.
class CheckedRecordsWriter {
 public:
  /// Waits for concurrent writers of the same file. Throws Error like AtomicFile.
  explicit CheckedRecordsWriter(const std::filesystem::path& path) : file_(path) {}

  void add(std::string_view record);
  void commit();

 private:
  AtomicFile file_;
  std::vector<std::uint64_t> checksums_;
};

}  // namespace saccade
