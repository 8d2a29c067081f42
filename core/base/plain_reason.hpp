#pragma once

#include <exception>
#include <string>

namespace saccade {

/// What an exception says, without the name that nlohmann's give themselves ("[json.exception.parse_error.101] ...").
inline std::string plain_reason(const std::exception& error) {
  const std::string text = error.what();
  const bool named = text.rfind("[json.exception.", 0) == 0;
  return named ? text.substr(text.find("] ") + 2) : text;
}

}  // namespace saccade
