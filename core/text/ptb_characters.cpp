#include "core/text/ptb_characters.hpp"

#include <clocale>
#include <cwctype>

namespace saccade::metrics::ptb {

namespace {

/// Unicode's character classes, whatever the user's locale is.
locale_t unicode() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

}  // namespace

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
    case 0x2018:
    case 0x201B:
    case 0x2039:
      return "`";
    case 0x2019:
    case 0x203A:
      return "'";
    case 0x201C:
    case 0xAB:
      return "``";
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

bool is_letter(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c);
  if (c == 0xAA || c == 0xAD || c == 0xB5 || c == 0xBA) return true;  // ordinals, soft hyphen, micro
  return unicode() != nullptr && iswalpha_l(static_cast<wint_t>(c), unicode()) != 0;
}

char32_t to_lower(char32_t c) {
  if (c < 0x80) return is_upper(c) ? c + ('a' - 'A') : c;
  return unicode() == nullptr ? c : static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), unicode()));
}

std::u32string decode(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int continuation = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t code = continuation == 0 ? lead : lead & (0x3FU >> continuation);
    for (int i = 0; i < continuation; ++i) code = (code << 6) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    result.push_back(code);
  }
  return result;
}

void append_utf8(std::string& text, char32_t c) {
  const auto push = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    push(c);
  } else if (c < 0x800) {
    push(0xC0 | (c >> 6));
    push(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    push(0xE0 | (c >> 12));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  } else {
    push(0xF0 | (c >> 18));
    push(0x80 | ((c >> 12) & 0x3F));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  }
}

}  // namespace saccade::metrics::ptb
