#include "core/text/tokenizer.hpp"

#include <algorithm>
#include <iterator>
#include <utf8proc.h>

#include "core/base/error.hpp"
#include "core/text/unicode.hpp"

namespace saccade {
namespace {

constexpr char32_t kZeroWidthSpace = 0x200B;
constexpr char32_t kZeroWidthNonJoiner = 0x200C;
constexpr char32_t kZeroWidthJoiner = 0x200D;
constexpr char32_t kMongolianVowelSeparator = 0x180E;
constexpr char32_t kTextPresentation = 0xFE0E;
constexpr char32_t kEmojiPresentation = 0xFE0F;
constexpr char32_t kKeycap = 0x20E3;

struct Range {
  char32_t first, last;
};

/// Blocks of scripts that put no spaces between words, in order: Thai, Lao, Burmese, Khmer, Tai Le to Tai Tham,
/// Balinese, kanji radicals, kana, bopomofo, Chinese characters, Javanese, Tai Viet, halfwidth kana.
constexpr Range kUnspaced[] = {{0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF},   {0x1950, 0x19FF},
                               {0x1A20, 0x1AAF}, {0x1B00, 0x1B7F}, {0x2E80, 0x2FDF},   {0x3005, 0x3007},
                               {0x3021, 0x303B}, {0x3040, 0x312F}, {0x31A0, 0x31BF},   {0x31F0, 0x31FF},
                               {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA980, 0xA9FF},   {0xAA60, 0xAADF},
                               {0xF900, 0xFAFF}, {0xFF66, 0xFF9F}, {0x1AFF0, 0x1B16F}, {0x20000, 0x3FFFF}};

bool is_unspaced(char32_t code) {
  const auto* const after = std::upper_bound(std::begin(kUnspaced), std::end(kUnspaced), code,
                                             [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(kUnspaced) && code <= std::prev(after)->last;
}

enum class Role { kLetter, kMark, kJoiner, kVanishes, kVanishesBetweenLetters, kKeptInWord, kSeparates };

Role role_of_punctuation(char32_t code) {
  switch (code) {
    case '\'':
    case '.':
    case 0x055A:  // Armenian apostrophe and the Armenian marks that are written over a vowel within the word
    case 0x055B:
    case 0x055C:
    case 0x055E:
    case 0x0970:  // Devanagari abbreviation sign
    case 0x1806:  // Mongolian soft hyphen
    case 0x2019:  // right single quotation mark
    case 0x2027:  // hyphenation point
    case 0xFF07:  // fullwidth apostrophe
      return Role::kVanishes;
    case 0x2018:  // an apostrophe in Uzbek, otherwise a quotation mark
      return Role::kVanishesBetweenLetters;
    case 0x00B7:  // Catalan l·l
    case 0x05F3:  // Hebrew geresh and gershayim, which mark abbreviations
    case 0x05F4:
      return Role::kKeptInWord;
    default:
      return Role::kSeparates;
  }
}

Role role_of(char32_t code) {
  if (code == kZeroWidthSpace) return Role::kSeparates;
  if (code == kZeroWidthNonJoiner || code == kZeroWidthJoiner || code == kMongolianVowelSeparator) {
    return Role::kJoiner;
  }
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_CN:  // letters of a later Unicode
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Role::kLetter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return Role::kMark;
    case UTF8PROC_CATEGORY_CF:
      return Role::kVanishes;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return role_of_punctuation(code);
    default:
      return Role::kSeparates;
  }
}

bool is_virama(char32_t code) {
  constexpr int kViramaClass = 9;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(code))->combining_class == kViramaClass;
}

bool is_between(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

bool is_pictographic(char32_t code) {
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(code))->boundclass ==
         UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/// Pictographs by Unicode's property, without those that serve as bullets and arrows unless they are marked as emoji.
bool begins_emoji(char32_t code, char32_t next) {
  if (!is_pictographic(code)) return false;
  if (next == kEmojiPresentation) return true;
  return code >= 0x1F000 || is_between(code, 0x2300, 0x23FF) || is_between(code, 0x2600, 0x27BF) ||
         is_between(code, 0x2B50, 0x2B55);
}

/// Splits one text. The code points are visited in order.
class Splitter {
 public:
  Splitter(std::u32string_view text, TokenUnit unit) : text_(text), unit_(unit) {}

  std::vector<std::string> run() {
    while (at_ < text_.size()) {
      if (const std::size_t end = end_of_emoji(at_); end != at_) {
        end_word();
        while (at_ < end) word_ += text_[at_++];
        end_word();
      } else {
        take(text_[at_]);
        ++at_;
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  char32_t peek(std::size_t at) const { return at < text_.size() ? text_[at] : 0; }

  bool is_letter_next() const { return at_ + 1 < text_.size() && role_of(text_[at_ + 1]) == Role::kLetter; }

  /// End of the emoji at `at`, or `at` if there is none.
  std::size_t end_of_emoji(std::size_t at) const {
    const char32_t code = text_[at];
    if (code < 0x80) {
      if (!is_between(code, '0', '9') && code != '#' && code != '*') return at;
      const std::size_t keycap = peek(at + 1) == kEmojiPresentation ? at + 2 : at + 1;
      return peek(keycap) == kKeycap ? keycap + 1 : at;
    }
    const auto is_flag_letter = [](char32_t c) { return is_between(c, 0x1F1E6, 0x1F1FF); };
    if (is_flag_letter(code)) return is_flag_letter(peek(at + 1)) ? at + 2 : at;
    if (!begins_emoji(code, peek(at + 1))) return at;
    const auto is_modifier = [](char32_t c) {
      return c == kTextPresentation || c == kEmojiPresentation || c == kKeycap || is_between(c, 0x1F3FB, 0x1F3FF) ||
             is_between(c, 0xE0020, 0xE007F);
    };
    for (std::size_t end = at + 1;;) {
      while (is_modifier(peek(end))) ++end;
      if (peek(end) != kZeroWidthJoiner || !is_pictographic(peek(end + 1))) return end;
      end += 2;
    }
  }

  void take(char32_t code) {
    switch (role_of(code)) {
      case Role::kLetter:
        begin_letter(code);
        word_ += lower(code);
        break;
      case Role::kMark:
        if (!word_.empty()) word_ += code;
        break;
      case Role::kJoiner:
        if (!word_.empty()) word_ += code;
        return;
      case Role::kVanishes:
        return;
      case Role::kVanishesBetweenLetters:
        if (word_.empty() || !is_letter_next()) end_word();
        return;
      case Role::kKeptInWord:
        if (!word_.empty() && (is_letter_next() || code == 0x05F3)) {
          word_ += code;
        } else {
          end_word();
        }
        return;
      case Role::kSeparates:
        end_word();
        return;
    }
  }

  void begin_letter(char32_t code) {
    if (unit_ == TokenUnit::kWords || word_.empty()) return;
    const char32_t before = word_.back();
    if (!is_unspaced(before) && !is_unspaced(code)) return;
    if (utf8proc_grapheme_break(static_cast<utf8proc_int32_t>(before), static_cast<utf8proc_int32_t>(code))) end_word();
  }

  char32_t lower(char32_t code) const {
    constexpr char32_t kCapitalSigma = 0x3A3, kFinalSigma = 0x3C2;
    if (code != kCapitalSigma || word_.empty() || is_letter_next()) return to_lower(code);
    return kFinalSigma;
  }

  /// A non-joiner at the end of a word is kept after a virama, which it makes visible.
  void trim() {
    while (!word_.empty() && word_.back() == kZeroWidthNonJoiner &&
           (word_.size() < 2 || !is_virama(*(word_.end() - 2)))) {
      word_.pop_back();
    }
  }

  void end_word() {
    trim();
    if (word_.empty()) return;
    std::string& word = words_.emplace_back();
    for (const char32_t code : word_) append_utf8(word, code);
    word_.clear();
  }

  std::u32string_view text_;
  TokenUnit unit_;
  std::size_t at_ = 0;
  std::u32string word_;
  std::vector<std::string> words_;
};

/// Fast path for captions in ASCII, which need no tables.
bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::vector<std::string> tokenize_ascii(std::string_view caption) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : caption) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      word += c;
    } else if (c >= 'A' && c <= 'Z') {
      word += static_cast<char>(c - 'A' + 'a');
    } else if (c != '\'' && c != '.') {
      end_word();
    }
  }
  end_word();
  return words;
}

}  // namespace

std::vector<std::string> tokenize(std::string_view caption, TokenUnit unit) {
  if (is_ascii(caption)) return tokenize_ascii(caption);
  const std::size_t bad = first_invalid_byte(caption);
  if (bad != std::string_view::npos) throw Error("the caption is not valid UTF-8 at byte {}", bad + 1);
  return Splitter(decode(caption), unit).run();
}

TokenUnit token_unit(std::string_view name) {
  if (name == "words") return TokenUnit::kWords;
  if (name == "characters") return TokenUnit::kCharacters;
  throw Error("'{}' is no unit of tokens; use words or characters", name);
}

std::size_t unspaced_characters(std::string_view word) {
  std::size_t count = 0;
  char32_t before = 0;
  for (const char32_t code : decode(word)) {
    const bool begins = before == 0 || utf8proc_grapheme_break(static_cast<utf8proc_int32_t>(before),
                                                               static_cast<utf8proc_int32_t>(code));
    if (begins && is_unspaced(code)) ++count;
    before = code;
  }
  return count;
}

}  // namespace saccade
