#include "core/text/unicode.hpp"

#include <cwctype>
#include <iterator>
#include <utf8.h>

namespace saccade {

bool is_utf8(std::string_view text) {
  return utf8::is_valid(text);
}

std::size_t first_invalid_byte(std::string_view text) {
  return utf8::find_invalid(text);
}

std::u32string decode(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  utf8::unchecked::utf8to32(text.begin(), text.end(), std::back_inserter(result));
  return result;
}

void append_utf8(std::string& text, char32_t code) {
  utf8::unchecked::append(code, std::back_inserter(text));
}

locale_t unicode_classes() {
  static const locale_t classes = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return classes;
}

char32_t to_lower(char32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
  const locale_t classes = unicode_classes();
  return classes == nullptr ? code : static_cast<char32_t>(towlower_l(static_cast<wint_t>(code), classes));
}

}  // namespace saccade
