#include "core/text/tokenizer.hpp"

#include <clocale>
#include <cstdint>
#include <cwctype>
#include <locale.h>

#include "core/base/error.hpp"

namespace saccade {
namespace {

constexpr char32_t kInvalid = 0xFFFFFFFF;
constexpr char32_t kRightSingleQuotationMark = 0x2019;

/// The code point at `position`, which moves past it; kInvalid for bytes that are no UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto lead = static_cast<unsigned char>(text[position++]);
  if (lead < 0x80) return lead;
  const int continuation = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - position < static_cast<std::size_t>(continuation)) return kInvalid;
  char32_t code = lead & (0x3Fu >> continuation);
  for (int i = 0; i < continuation; ++i) {
    const auto byte = static_cast<unsigned char>(text[position++]);
    if ((byte & 0xC0) != 0x80) return kInvalid;
    code = code << 6 | (byte & 0x3Fu);
  }
  constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < kSmallest[continuation] || code > 0x10FFFF || surrogate ? kInvalid : code;
}

void append_utf8(std::string& text, char32_t code) {
  const auto push = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xC0 | code >> 6);
    push(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    push(0xE0 | code >> 12);
    push(0x80 | (code >> 6 & 0x3F));
    push(0x80 | (code & 0x3F));
  } else {
    push(0xF0 | code >> 18);
    push(0x80 | (code >> 12 & 0x3F));
    push(0x80 | (code >> 6 & 0x3F));
    push(0x80 | (code & 0x3F));
  }
}

/// Unicode's character classes, whatever the user's locale is.
locale_t unicode() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

enum class Role { kLetter, kJoins, kSeparates };

Role role_of(char32_t code) {
  if (code < 0x80) {
    if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z')) {
      return Role::kLetter;
    }
    return code == '\'' || code == '.' ? Role::kJoins : Role::kSeparates;
  }
  if (code == kRightSingleQuotationMark) return Role::kJoins;
  if (unicode() == nullptr) return Role::kLetter;
  const auto character = static_cast<wint_t>(code);
  if (iswalnum_l(character, unicode())) return Role::kLetter;
  // Combining marks and joiners are neither letters nor separators: they belong to the word they stand in.
  return iswpunct_l(character, unicode()) && !(code >= 0x300 && code <= 0x36F)  ? Role::kSeparates
         : iswspace_l(character, unicode()) || iswcntrl_l(character, unicode()) ? Role::kSeparates
                                                                                : Role::kLetter;
}

char32_t lower(char32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
  return unicode() == nullptr ? code : static_cast<char32_t>(towlower_l(static_cast<wint_t>(code), unicode()));
}

}  // namespace

std::vector<std::string> tokenize(std::string_view caption) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (std::size_t position = 0; position < caption.size();) {
    const std::size_t start = position;
    const char32_t code = next_code_point(caption, position);
    if (code == kInvalid) throw Error("the caption is not valid UTF-8 at byte {}", start + 1);
    switch (role_of(code)) {
      case Role::kLetter:
        append_utf8(word, lower(code));
        break;
      case Role::kJoins:
        break;
      case Role::kSeparates:
        end_word();
    }
  }
  end_word();
  return words;
}

bool is_utf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    if (next_code_point(text, position) == kInvalid) return false;
  }
  return true;
}

}  // namespace saccade
