#include "core/data/compressed_lines.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <zlib.h>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace saccade {
namespace {

gzFile handle(void* file) {
  return static_cast<gzFile>(file);
}

}  // namespace

CompressedLines::CompressedLines(std::filesystem::path path, LineLimits limits)
    : path_(std::move(path)), limits_(limits) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path_, ignored)) throw Error("{}: is a folder, not a file", path_.string());
  errno = 0;
  file_ = gzopen(path_.c_str(), "rb");
  if (file_ == nullptr) throw Error("{}: cannot open the file: {}", path_.string(), std::strerror(errno));
}

CompressedLines::~CompressedLines() {
  gzclose_r(handle(file_));
}

std::string CompressedLines::place() const {
  return fmt::format("{}: line {}", path_.string(), number_);
}

/// Reads more data. Returns false at the end of the file.
bool CompressedLines::fill() {
  const int size = gzread(handle(file_), buffer_.data(), static_cast<unsigned>(buffer_.size()));
  int code = Z_OK;
  gzerror(handle(file_), &code);
  if (size < 0 && code == Z_ERRNO) throw Error("{}: cannot read the file: {}", place(), std::strerror(errno));
  if (size < 0 || code == Z_BUF_ERROR) throw Error("{}: the compressed data are damaged or cut short", place());
  rest_ = {buffer_.data(), static_cast<std::size_t>(size)};
  total_ += rest_.size();
  if (total_ > limits_.file) throw Error("{}: the file holds more than {} bytes of text", place(), limits_.file);
  return size > 0;
}

bool CompressedLines::next(std::string& line) {
  line.clear();
  ++number_;
  bool found = false;
  while (!rest_.empty() || fill()) {
    found = true;
    const std::size_t end = rest_.find('\n');
    const std::string_view part = rest_.substr(0, end);
    if (line.size() + part.size() > limits_.line) {
      throw Error("{}: the line is longer than {} bytes", place(), limits_.line);
    }
    line += part;
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (end != std::string_view::npos) break;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return found;
}

}  // namespace saccade
