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

/// Length in bytes of the control character at `i` of valid UTF-8; 0 if there is none.
std::size_t length_of_control(std::string_view text, std::size_t i) {
  const auto byte = [&text](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0; };
  const auto is_from = [&byte](std::size_t at, int first, int last) { return byte(at) >= first && byte(at) <= last; };
  if (byte(i) < 0x20 || byte(i) == 0x7F) return 1;
  if (byte(i) == 0xC2 && is_from(i + 1, 0x80, 0x9F)) return 2;  // U+0080 to U+009F, of Latin-1
  if (byte(i) != 0xE2) return 0;
  const bool breaks_or_turns = byte(i + 1) == 0x80 && is_from(i + 2, 0xA8, 0xAE);  // U+2028 to U+202E
  const bool isolates = byte(i + 1) == 0x81 && is_from(i + 2, 0xA6, 0xA9);         // U+2066 to U+2069
  return breaks_or_turns || isolates ? 3 : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t valid = std::min(first_invalid_byte(text), text.size());
    for (std::size_t i = 0; i < valid;) {
      const std::size_t control = length_of_control(text, i);
      for (const std::size_t end = i + control; i < end; ++i) result += escaped(static_cast<unsigned char>(text[i]));
      if (control == 0) result += text[i++];
    }
    text.remove_prefix(valid);
    if (text.empty()) break;
    result += escaped(static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
  return result;
}

}  // namespace saccade
