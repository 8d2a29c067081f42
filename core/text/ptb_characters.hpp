#pragma once

#include <string>
#include <string_view>

namespace saccade::ptb {

// Classes of Unicode code points for the tokenizer.

inline bool is_upper(char32_t c) {
  return c >= 'A' && c <= 'Z';
}
inline bool is_ascii_digit(char32_t c) {
  return c >= '0' && c <= '9';
}
inline bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool is_ascii_alnum(char32_t c) {
  return is_ascii_letter(c) || is_ascii_digit(c);
}

/// A letter of any script.
bool is_plain_letter(char32_t c);

/// A letter of any script, or a mark that belongs to letters.
bool is_letter(char32_t c);

/// A decimal digit beyond ASCII.
bool is_foreign_digit(char32_t c);
inline bool is_digit(char32_t c) {
  return c < 0x80 ? is_ascii_digit(c) : is_foreign_digit(c);
}

inline bool is_plain_letter_or_digit(char32_t c) {
  return is_plain_letter(c) || is_digit(c);
}

/// A superscript digit, and a subscript one.
bool is_superscript(char32_t c);
inline bool is_subscript(char32_t c) {
  return c >= 0x2080 && c <= 0x2089;
}

/// A character beyond ASCII that is neither a letter nor a digit and forms a token.
bool is_symbol(char32_t c);

inline bool is_letter_or_digit(char32_t c) {
  return is_letter(c) || is_digit(c);
}

/// Spaces of any width, tabs and line ends.
bool is_space(char32_t c);

/// - and _ and Unicode's hyphens
bool is_hyphen(char32_t c);

/// ' and the right single quotation mark
bool is_apostrophe(char32_t c);

/// Also characters that are often typed instead of an apostrophe; only some rules accept them.
bool is_like_apostrophe(char32_t c);

/// , ; : and the ideographic comma
bool is_in_sentence_mark(char32_t c);

/// One of the ASCII characters of `set`.
bool is_any(char32_t c, std::string_view set);

/// The ASCII spelling of a paired quotation mark in the original; empty for other characters.
std::string_view quotation_mark(char32_t c);

}  // namespace saccade::ptb
