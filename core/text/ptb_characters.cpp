#include "core/text/ptb_characters.hpp"

namespace saccade::ptb {

bool is_hyphen(char32_t c) {
  return c == '-' || c == '_' || c == 0x058A || c == 0x2010 || c == 0x2011;
}

bool is_like_apostrophe(char32_t c) {
  return c == '\'' || c == '`' || c == 0x91 || c == 0x92 || c == 0x2018 || c == 0x2019 || c == 0x201B;
}

bool is_apostrophe(char32_t c) {
  return c == '\'' || c == 0x92 || c == 0x2019;
}

std::string_view quotation_mark(char32_t c) {
  switch (c) {
    case '`':
    case 0x91:  // 0x91 to 0x94 are quotation marks in Windows-1252
    case 0x2018:
    case 0x201B:
    case 0x2039:
      return "`";
    case 0x92:
    case 0x2019:
    case 0x203A:
      return "'";
    case 0x93:
    case 0x201C:
    case 0xAB:
      return "``";
    case 0x94:
    case 0x201D:
    case 0xBB:
      return "''";
    case 0x201A:
      return "\u201A";
    case 0x201E:
      return "\u201E";
    case 0x201F:
      return "\u201F";
    default:
      return "";
  }
}

bool is_superscript(char32_t c) {
  return c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || (c >= 0x2074 && c <= 0x2079);
}

bool is_in_sentence_mark(char32_t c) {
  return c == ',' || c == ';' || c == ':' || c == 0x3001;
}

bool is_any(char32_t c, std::string_view set) {
  return c != 0 && c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_space(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x3000;
}

}  // namespace saccade::ptb
