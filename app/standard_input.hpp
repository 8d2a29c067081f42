#pragma once

#include <cstddef>
#include <string>

namespace saccade::app {

/// Standard input, of which what has come can be had without waiting for more.
class StandardInput {
 public:
  /// What follows throws Error where it cannot be read.
  ///
  /// What has come and was not taken, after waiting for its first bytes.
  const std::string& peek();

  /// All of it, to its end. Throws Error where it is longer than a picture may be.
  std::string take_all();

  /// Passes over the mark by which a text says that it is UTF-8. Throws Error for one that says UTF-16.
  void skip_mark();

  /// The next piece up to `separator` or a zero byte (find -print0 ends names with one, whatever was said), which is
  /// left out; waits for it. False at the end. Throws Error where that cannot be a name.
  bool take(char separator, std::string& piece);

  /// Whether the next piece can be taken without waiting.
  bool ready(char separator);

 private:
  bool read_more();

  std::string buffer_;
  std::size_t zeros_ = 0;  // that followed each other, so far
  bool ended_ = false;
};

}  // namespace saccade::app
