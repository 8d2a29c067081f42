#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace saccade {

/// The exception of this project. Its message names the file or value, says what is wrong and what to do: `FILE: what
/// is wrong; what to do`. The program prints it as `saccade: error: MESSAGE`.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}

  /// Formats the message: `throw Error("{}: not a safetensors file", path)`.
  template <typename... Arguments>
  explicit Error(fmt::format_string<Arguments...> format, Arguments&&... arguments)
      : std::runtime_error(fmt::format(format, std::forward<Arguments>(arguments)...)) {}
};

}  // namespace saccade
