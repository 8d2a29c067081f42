#include "core/text/unicode.hpp"

#include <iterator>
#include <utf8.h>
#include <utf8proc.h>

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

char32_t to_lower(char32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code)));
}

bool has_case(char32_t code) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT;
}

}  // namespace saccade
