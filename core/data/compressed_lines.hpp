#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// How much a file of lines may hold before it is refused: a small compressed file can say that it is a huge one.
struct LineLimits {
  std::size_t line = std::size_t{1} << 20;    ///< bytes of one line
  std::size_t file = std::size_t{256} << 20;  ///< bytes of all lines, decompressed
};

/// Reads a text file line by line, be it plain or compressed with gzip; its first bytes tell which. Never more than a
/// line is in memory.
class CompressedLines {
 public:
  /// Throws Error when the file cannot be opened.
  explicit CompressedLines(std::filesystem::path path, LineLimits limits = {});
  ~CompressedLines();
  CompressedLines(const CompressedLines&) = delete;
  CompressedLines& operator=(const CompressedLines&) = delete;

  /// The next line, without its line end (\n or \r\n), into `line`; false after the last one. Throws Error, naming file
  /// and line, when the file cannot be read, its compressed data are damaged or cut short, or a limit is passed.
  bool next(std::string& line);

  /// "FILE: line N", of the line read last (or being read): how errors about it begin.
  std::string place() const;

 private:
  bool fill();

  std::filesystem::path path_;
  LineLimits limits_;
  void* file_;  // zlib's gzFile
  std::array<char, 1 << 16> buffer_{};
  std::string_view rest_;  // what of the buffer has not been given out
  std::size_t number_ = 0, total_ = 0;
};

}  // namespace saccade
