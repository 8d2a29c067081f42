#pragma once

#include <algorithm>
#include <exception>
#include <filesystem>
#include <string>

namespace saccade {

/// What an exception says: without the name that nlohmann's give themselves ("[json.exception.parse_error.101] ..."),
/// without LibTorch's stack trace, which begins in the second line, and with a file's name in front, as ours have it.
inline std::string plain_reason(const std::exception& error) {
  const auto* const of_file = dynamic_cast<const std::filesystem::filesystem_error*>(&error);
  if (of_file != nullptr && !of_file->path1().empty())
    return of_file->path1().string() + ": " + of_file->code().message();
  std::string text = error.what();
  text.resize(std::min(text.find('\n'), text.size()));
  const bool named = text.rfind("[json.exception.", 0) == 0;
  return named ? text.substr(text.find("] ") + 2) : text;
}

}  // namespace saccade
