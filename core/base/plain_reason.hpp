#pragma once

#include <algorithm>
#include <exception>
#include <filesystem>
#include <string>

namespace saccade {

/// The message of an exception of any library in the form of this project's: starts with the file name, without the
/// identifiers of nlohmann::json ("[json.exception.parse_error.101]") and without the stack trace of LibTorch. Of a
/// parse error, only the position is kept.
inline std::string plain_reason(const std::exception& error) {
  const auto* const of_file = dynamic_cast<const std::filesystem::filesystem_error*>(&error);
  if (of_file != nullptr && !of_file->path1().empty())
    return of_file->path1().string() + ": " + of_file->code().message();
  std::string text = error.what();
  text.resize(std::min(text.find('\n'), text.size()));
  if (text.rfind("[json.exception.", 0) != 0) return text;
  text.erase(0, text.find("] ") + 2);
  const std::string parsing = "parse error at ";
  if (text.rfind(parsing, 0) != 0) return text;
  return "bad JSON at " + text.substr(parsing.size(), text.find(": ") - parsing.size());
}

}  // namespace saccade
