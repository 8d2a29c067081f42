#pragma once

#include <cstddef>
#include <string>

namespace saccade::app {

/// Standard input with access to available data without waiting.
class StandardInput {
 public:
  /// The following functions throw Error if standard input cannot be read.
  ///
  /// Returns the available data, after waiting for the first bytes.
  const std::string& peek();

  /// Returns everything to the end. Throws Error if it exceeds the limit for images.
  std::string take_all();

  /// Skips a UTF-8 byte order mark. Throws Error for UTF-16.
  void skip_mark();

  /// Waits for the next piece up to `separator` or a zero byte, which is removed. Returns false at the end. Throws
  /// Error if it cannot be a name.
  bool take(char separator, std::string& piece);

  /// Whether the next piece is available.
  bool ready(char separator);

 private:
  bool read_more();

  std::string buffer_;
  std::size_t zeros_ = 0;  // number of consecutive zero bytes
  bool ended_ = false;
};

}  // namespace saccade::app
