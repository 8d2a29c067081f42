#pragma once

#include <algorithm>
#include <exception>
#include <string>

namespace saccade {

/// What an exception says: without the name that nlohmann's give themselves ("[json.exception.parse_error.101] ..."),
/// and without LibTorch's stack trace, which begins in the second line.
inline std::string plain_reason(const std::exception& error) {
  std::string text = error.what();
  text.resize(std::min(text.find('\n'), text.size()));
  const bool named = text.rfind("[json.exception.", 0) == 0;
  return named ? text.substr(text.find("] ") + 2) : text;
}

}  // namespace saccade
