#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/error.hpp"

namespace saccade::models {

// Weight files are little-endian, and numbers are copied without conversion.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "weight files are read on little-endian machines only");

/// Reads values from bytes. At the end of the bytes, every function throws Error("FILE: the file is truncated: ...")
/// and keeps its position.
class ByteReader {
 public:
  /// `bytes` must outlive the reader; `file` is the name in errors.
  ByteReader(std::string_view bytes, std::string file) : bytes_(bytes), file_(std::move(file)) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  /// The next `count` bytes.
  std::string_view take(std::uint64_t count) {
    if (count > remaining()) {
      throw Error("{}: the file is truncated: {} more bytes are promised at byte {}, {} are left", file_, count,
                  position_, remaining());
    }
    const std::string_view taken = bytes_.substr(position_, static_cast<std::size_t>(count));
    position_ += taken.size();
    return taken;
  }

  /// The next little-endian number.
  template <typename Number>
  Number number() {
    Number result{};
    std::memcpy(&result, take(sizeof(Number)).data(), sizeof(Number));
    return result;
  }

  /// The bytes before the next line feed, which is skipped.
  std::string_view line() {
    const std::size_t end = bytes_.find('\n', position_);
    if (end == std::string_view::npos) {
      throw Error("{}: the file is truncated: the line that begins at byte {} has no end", file_, position_);
    }
    const std::string_view taken = bytes_.substr(position_, end - position_);
    position_ = end + 1;
    return taken;
  }

 private:
  std::string_view bytes_;
  std::string file_;
  std::size_t position_ = 0;
};

}  // namespace saccade::models
