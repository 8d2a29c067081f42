#include "core/text/printable.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/text/unicode.hpp"

namespace saccade {
namespace {

std::string escaped(unsigned char byte) {
  switch (byte) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return fmt::format("\\x{:02x}", byte);
  }
}

/// The controls of Latin-1, U+0080 to U+009F, are two bytes of which the first is this one.
bool is_late_control(std::string_view text, std::size_t i) {
  return text[i] == '\xC2' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t valid = std::min(first_invalid_byte(text), text.size());
    for (std::size_t i = 0; i < valid; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (is_late_control(text, i)) {
        result += escaped(byte) + escaped(static_cast<unsigned char>(text[++i]));
      } else if (byte < 0x20 || byte == 0x7F) {
        result += escaped(byte);
      } else {
        result += text[i];
      }
    }
    text.remove_prefix(valid);
    if (text.empty()) break;
    result += escaped(static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
  return result;
}

}  // namespace saccade
