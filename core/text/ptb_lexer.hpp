#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/text/ptb_characters.hpp"
#include "core/text/tokens.hpp"
#include "core/text/unicode.hpp"

namespace saccade::ptb {

/// Splits a text into tokens. At each position, the rule with the longest match applies, including its lookahead; on a
/// tie, the earlier rule.
class Lexer {
 public:
  explicit Lexer(std::u32string text) : text_(std::move(text)) {}

  Tokens run() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else {
        step();
      }
    }
    return std::move(tokens_);
  }

 private:
  /// The match of a rule: it extends to `matched`, and the token ends at `end`. Both are positions.
  struct Match {
    std::size_t matched = 0;
    std::size_t end = 0;
  };

  /// The character at a position; 0 past the end, which is in no class.
  char32_t peek(std::size_t at) const { return at < text_.size() ? text_[at] : 0; }

  /// As in the original, the end of the text counts as a line end.
  bool at_end_or_space(std::size_t at) const { return at >= text_.size() || is_space(text_[at]); }

  template <typename Predicate>
  std::size_t skip(std::size_t at, Predicate predicate, std::size_t at_most = SIZE_MAX) const {
    for (; at_most > 0 && at < text_.size() && predicate(text_[at]); --at_most) ++at;
    return at;
  }

  /// A part of the text that is ASCII.
  std::string ascii(std::size_t first, std::size_t last) const {
    std::string result;
    for (std::size_t i = first; i < last; ++i) result.push_back(static_cast<char>(text_[i]));
    return result;
  }

  /// End of `literal` (lower-case ASCII, any apostrophe for ') at `at`, or `at` if it does not match.
  std::size_t literal(std::size_t at, std::string_view literal) const {
    for (std::size_t i = 0; i < literal.size(); ++i) {
      const char32_t c = peek(at + i);
      const bool same = literal[i] == '\'' ? is_apostrophe(c) : to_lower(c) == static_cast<unsigned char>(literal[i]);
      if (!same) return at;
    }
    return at + literal.size();
  }

  void consider(std::size_t matched, std::size_t end) {
    if (matched > best_.matched) best_ = {matched, end};
  }
  void consider(std::size_t end) { consider(end, end); }

  // Ends of patterns that start at `at`; `at` if there is no match.
  void append_lower(std::string& token, std::size_t i, std::size_t first, std::size_t last) const;
  bool ends_word(std::size_t i, std::size_t first, std::size_t last) const;
  std::size_t word(std::size_t at) const;
  std::size_t word_part(std::size_t at) const;
  std::size_t thing(std::size_t at) const;
  std::size_t reduced_auxiliary(std::size_t at) const;
  std::size_t negation(std::size_t at) const;
  std::size_t number(std::size_t at) const;
  std::size_t acronym(std::size_t at) const;
  bool sentence_starts(std::size_t at) const;
  std::size_t slash_part(std::size_t at) const;

  // Rules, each for the text at `at_`.
  void words();
  void abbreviations();
  void apostrophes();
  void quotation_marks();
  void hyphenated();
  void slashed();
  void numbers();
  void phone_numbers();
  void mail_address();
  void addresses();
  void smileys();
  void tags();
  void symbol_runs();

  void step();
  bool entity();
  void single_character();
  void emit(std::size_t first, std::size_t last);

  std::u32string text_;
  std::size_t at_ = 0;
  Match best_;
  Tokens tokens_;
};

}  // namespace saccade::ptb
