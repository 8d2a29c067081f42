#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace saccade::models {

inline constexpr std::size_t kPrintableBytes = 100;

/// A name out of a foreign file, fit for a message: at most 100 bytes of it, control characters shown as '?'.
inline std::string printable(std::string_view name) {
  std::string result(name.substr(0, kPrintableBytes));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  if (name.size() > kPrintableBytes) result += "...";
  return result;
}

}  // namespace saccade::models
