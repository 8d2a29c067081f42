#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace saccade {

/// Whether the bytes are valid UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

/// Position of the first invalid byte; npos for valid text.
std::size_t first_invalid_byte(std::string_view text);

/// The code points of valid UTF-8 text.
std::u32string decode(std::string_view text);

void append_utf8(std::string& text, char32_t code);

/// Lower case for any script.
char32_t to_lower(char32_t code);

/// Whether it is a letter in upper, lower or title case.
bool has_case(char32_t code);

}  // namespace saccade
