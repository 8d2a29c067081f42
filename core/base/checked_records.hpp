#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include "core/base/atomic_file.hpp"

namespace saccade {

/// A file of records of one size, and behind them a checksum for each, that is trusted only as far as these agree.
class CheckedRecords {
 public:
  /// `record`: bytes of one.
  CheckedRecords(std::filesystem::path path, std::size_t count, std::size_t record);

  /// Whether the file is there, and all of it is what was written.
  bool open();

  /// Reads one record into `data`; false when it is not what was written.
  bool read(std::size_t index, void* data) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::size_t count_, record_;
  std::vector<std::uint64_t> checksums_;
  mutable std::ifstream file_;
};

/// Makes such a file, appearing whole or not at all.
class CheckedRecordsWriter {
 public:
  /// Who writes the same file at the same time is waited for. Throws Error as AtomicFile does.
  explicit CheckedRecordsWriter(const std::filesystem::path& path) : file_(path) {}

  void add(std::string_view record);
  void commit();

 private:
  AtomicFile file_;
  std::vector<std::uint64_t> checksums_;
};

}  // namespace saccade
