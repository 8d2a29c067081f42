#pragma once

#include <string>

namespace saccade::app {

/// Standard input, of which what has come can be had without waiting for more.
class StandardInput {
 public:
  /// What has come and was not taken, after waiting for its first bytes.
  const std::string& peek();

  /// All of it, to its end.
  std::string take_all();

  /// The next piece up to `separator`, which is left out; waits for it. False at the end.
  bool take(char separator, std::string& piece);

  /// Whether the next piece can be taken without waiting.
  bool ready(char separator);

 private:
  bool read_more();

  std::string buffer_;
  bool ended_ = false;
};

}  // namespace saccade::app
