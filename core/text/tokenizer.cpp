#include "core/text/tokenizer.hpp"

#include <cstddef>
#include <cwctype>

#include "core/base/error.hpp"
#include "core/text/unicode.hpp"

namespace saccade {
namespace {

constexpr char32_t kRightSingleQuotationMark = 0x2019;

enum class Role { kLetter, kJoins, kSeparates };

Role role_of(char32_t code) {
  if (code < 0x80) {
    if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z')) {
      return Role::kLetter;
    }
    return code == '\'' || code == '.' ? Role::kJoins : Role::kSeparates;
  }
  if (code == kRightSingleQuotationMark) return Role::kJoins;
  if (unicode_classes() == nullptr) return Role::kLetter;
  const auto character = static_cast<wint_t>(code);
  if (iswalnum_l(character, unicode_classes())) return Role::kLetter;
  // Combining marks and joiners are neither letters nor separators: they belong to the word they stand in.
  return iswpunct_l(character, unicode_classes()) && !(code >= 0x300 && code <= 0x36F)          ? Role::kSeparates
         : iswspace_l(character, unicode_classes()) || iswcntrl_l(character, unicode_classes()) ? Role::kSeparates
                                                                                                : Role::kLetter;
}

}  // namespace

std::vector<std::string> tokenize(std::string_view caption) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  const std::size_t bad = first_invalid_byte(caption);
  if (bad != std::string_view::npos) throw Error("the caption is not valid UTF-8 at byte {}", bad + 1);
  for (const char32_t code : decode(caption)) {
    switch (role_of(code)) {
      case Role::kLetter:
        append_utf8(word, to_lower(code));
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

}  // namespace saccade
