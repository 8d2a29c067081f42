#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// Size limits. A small compressed file can expand to a huge one.
struct LineLimits {
  std::size_t line = std::size_t{1} << 20;    ///< bytes of one line
  std::size_t file = std::size_t{256} << 20;  ///< bytes of all lines, decompressed
};

/// Reads a text file, plain or compressed with gzip, line by line. Keeps one line in memory.
class CompressedLines {
 public:
  /// Throws Error if the file cannot be opened.
  explicit CompressedLines(std::filesystem::path path, LineLimits limits = {});
  ~CompressedLines();
  CompressedLines(const CompressedLines&) = delete;
  CompressedLines& operator=(const CompressedLines&) = delete;

  /// Reads the next line into `line`, without its line end (\n or \r\n). Returns false after the last one. Throws Error
  /// with file and line if the file cannot be read, its compressed data is damaged or truncated, or a limit is
  /// exceeded.
  bool next(std::string& line);

  /// "FILE: line N" of the current line, for error messages.
  std::string place() const;

 private:
  bool fill();

  std::filesystem::path path_;
  LineLimits limits_;
  void* file_;  // zlib's gzFile
  std::array<char, 1 << 16> buffer_{};
  std::string_view rest_;  // the unread part of the buffer
  std::size_t number_ = 0, total_ = 0;
};

}  // namespace saccade
