// The rules of the lexer.
#include <algorithm>

#include "core/text/ptb_lexer.hpp"
#include "core/text/ptb_lexicon.hpp"

namespace saccade::ptb {

namespace {

struct Assimilation {
  std::string_view word;
  std::size_t first;  // length of the first token
};

constexpr Assimilation kAssimilations[] = {{"cannot", 3}, {"gonna", 3}, {"gotta", 3}, {"lemme", 3},
                                           {"gimme", 3},  {"wanna", 3}, {"'tis", 2},  {"'twas", 2}};

/// Eyes of "^_^".
constexpr std::string_view kEyes = "-^x=~<>'";

/// Words with punctuation inside that no general rule covers.
constexpr std::string_view kFixedWords[] = {
    "c++", "c#",  "f#",      "'n",   "'n'",   "'em",       "'til",  "'till", "'cause",  "d'",    "j'",
    "l'",  "ol'", "dunkin'", "li'l", "nat'l", "somethin'", "c'mon", "e'er",  "s'mores", "ev'ry", "nor'easter"};

}  // namespace

/// A letter, then letters and digits.
std::size_t Lexer::word_part(std::size_t at) const {
  return is_letter(peek(at)) ? skip(at + 1, is_letter_or_digit) : at;
}

/// Word parts joined by single marks: "end.Next".
std::size_t Lexer::word(std::size_t at) const {
  std::size_t end = word_part(at);
  while (end != at && is_any(peek(end), ".!?") && is_letter(peek(end + 1))) end = word_part(end + 1);
  return end;
}

/// Letters and digits with hyphens inside: "t-shirt", "3-year-old", "o'clock".
std::size_t Lexer::thing(std::size_t at) const {
  const auto part = [this](std::size_t from) {
    if (is_any(peek(from), "dDoOlL") && is_like_apostrophe(peek(from + 1)) && is_plain_letter(peek(from + 2)) &&
        is_plain_letter_or_digit(peek(from + 3))) {
      from += 2;
    }
    return skip(from, is_plain_letter_or_digit);
  };
  std::size_t end = part(at);
  if (end == at) return at;
  while (is_hyphen(peek(end))) {
    const std::size_t next = part(end + 1);
    if (next == end + 1) break;
    end = next;
  }
  return end;
}

/// 's 'm 'd 're 've 'll
std::size_t Lexer::reduced_auxiliary(std::size_t at) const {
  for (const std::string_view ending : {"'re", "'ve", "'ll", "'s", "'m", "'d"}) {
    const std::size_t end = literal(at, ending);
    if (end != at) return end;
  }
  return at;
}

/// n't
std::size_t Lexer::negation(std::size_t at) const {
  const bool matches = is_any(peek(at), "nN") && is_like_apostrophe(peek(at + 1)) && is_any(peek(at + 2), "tT");
  return matches ? at + 3 : at;
}

/// "12", ".5", "1,000.50", "10:30"
std::size_t Lexer::number(std::size_t at) const {
  std::size_t end = skip(at, is_digit);
  const auto separates = [](char32_t c) { return is_any(c, ".:,") || c == 0xAD || c == 0x66B || c == 0x66C; };
  while (separates(peek(end)) && is_digit(peek(end + 1))) end = skip(end + 1, is_digit);
  return end;
}

/// "u.s", at least two letters
std::size_t Lexer::acronym(std::size_t at) const {
  if (!is_ascii_letter(peek(at))) return at;
  std::size_t end = at + 1;
  while (peek(end) == '.' && is_ascii_letter(peek(end + 1))) end += 2;
  return end > at + 1 ? end : at;
}

void Lexer::words() {
  const std::size_t end = word(at_);
  if (end != at_) consider(end);
  // "dog's" -> "dog" before "'s", "don't" -> "do" before "n't"; the latter after plain letters alone.
  const std::size_t reduced = reduced_auxiliary(end);
  if (end != at_ && reduced != end) consider(reduced, end);
  const std::size_t plain = skip(at_, is_ascii_letter);
  if (plain > at_ + 1 && !is_any(peek(plain - 2), "nN") && negation(plain - 1) != plain - 1)
    consider(plain + 2, plain - 1);
  for (const Assimilation& assimilation : kAssimilations) {
    const std::size_t last = literal(at_, assimilation.word);
    if (last != at_ && last >= best_.matched && text_[at_] < 0x80) best_ = {last, at_ + assimilation.first};
  }
  const std::size_t whole = thing(at_);
  if (whole != at_) consider(whole);
  // "AT&T"
  std::size_t joined = skip(at_, is_upper);
  while (joined != at_ && is_any(peek(joined), "+&") && is_upper(peek(joined + 1))) joined = skip(joined + 1, is_upper);
  if (joined != at_) consider(joined);
}

/// Whether white space and a word that often begins a sentence follow.
bool Lexer::sentence_starts(std::size_t at) const {
  const std::size_t first = skip(at, is_space);
  const std::size_t last = skip(first, [](char32_t c) { return is_ascii_letter(c) || c == '.'; });
  if (first == at || last == first || !at_end_or_space(last)) return false;
  return starts_sentence(ascii(first, last));
}

void Lexer::abbreviations() {
  const std::size_t end = skip(at_, is_ascii_letter);
  if (end != at_ && peek(end) == '.') {
    const bool single = end == at_ + 1;
    if (single && sentence_starts(end + 1)) consider(text_.size() + 1, end);
    const Abbreviation kind = single ? Abbreviation::kAlways : abbreviation(ascii(at_, end));
    if (kind == Abbreviation::kAlways) consider(end + 1);
    if (kind == Abbreviation::kBeforeNumber) {
      const std::size_t next = is_space(peek(end + 1)) ? end + 2 : end + 1;
      if (is_digit(peek(next))) consider(next + 1, end + 1);
    }
  }
  if (literal(at_, "ph.d.") != at_) consider(at_ + 5);
  const std::size_t initials = acronym(at_);
  if (initials != at_ && peek(initials) == '.') consider(initials + 1);
  // A full stop before a comma counts as part of an abbreviation.
  for (const std::size_t last : {word(at_), thing(at_)}) {
    if (last != at_ && peek(last) == '.' && is_in_sentence_mark(peek(last + 1))) consider(last + 2, last + 1);
  }
}

void Lexer::apostrophes() {
  for (const std::string_view spelling : kFixedWords) {
    const std::size_t end = literal(at_, spelling);
    if (end != at_) consider(end);
  }
  // 's 'm 'd 're 've 'll n't on their own
  const std::size_t reduced = reduced_auxiliary(at_);
  if (reduced != at_ && !is_ascii_letter(peek(reduced))) consider(reduced + 1, reduced);
  const std::size_t negated = negation(at_);
  if (negated != at_ && !is_ascii_letter(peek(negated))) consider(negated + 1, negated);
  // '90s, and '90 alone
  if (is_apostrophe(peek(at_)) && is_ascii_digit(peek(at_ + 1)) && is_ascii_digit(peek(at_ + 2))) {
    if (peek(at_ + 2) == '0' && is_any(peek(at_ + 3), "sS")) consider(at_ + 4);
    if (at_end_or_space(at_ + 3)) consider(at_ + 4, at_ + 3);
  }
  // "y'all"
  const std::size_t you = literal(at_, "y'");
  if (you != at_ && is_ascii_letter(peek(you))) consider(you + 1, you);
  // "D'Angelo", "n'est"
  const char32_t first = peek(at_);
  if (((is_upper(first) && first != 'I' && first != 'Y') || first == 'n') && is_like_apostrophe(peek(at_ + 1))) {
    const std::size_t end = skip(at_ + 2, is_plain_letter);
    if (end >= at_ + 4) consider(end);
  }
  // An apostrophe between vowels: "ma'am", "Hawai'i"
  const std::size_t letters = skip(at_, is_plain_letter);
  if (letters > at_ + 1 && is_any(to_lower(peek(letters - 1)), "aeiouy") && is_like_apostrophe(peek(letters)) &&
      (is_any(peek(letters + 1), "aeiou") || is_upper(peek(letters + 1)))) {
    consider(skip(letters + 1, is_plain_letter));
  }
}

void Lexer::quotation_marks() {
  // Before a word of two or more letters it opens a quotation: no 's or 'n.
  if (peek(at_) == '\'' && is_ascii_letter(peek(at_ + 1)) && !at_end_or_space(at_ + 2)) consider(at_ + 3, at_ + 1);
  const std::size_t reduced = reduced_auxiliary(at_);
  if (reduced != at_) consider(reduced);
  if (peek(at_) == '\'' && peek(at_ + 1) == '\'') consider(at_ + 2);
  consider(skip(
      at_, [](char32_t c) { return !quotation_mark(c).empty(); }, 2));
}

/// Hyphenated words with full stops or commas before the first hyphen: "1,000-pound".
void Lexer::hyphenated() {
  if (!is_ascii_alnum(peek(at_))) return;
  std::size_t end = skip(at_ + 1, [](char32_t c) { return is_ascii_alnum(c) || c == '.' || c == ',' || c == 0xAD; });
  std::size_t last = at_;
  while (peek(end) == '-') {
    const std::size_t initials = acronym(end + 1);
    std::size_t next = skip(end + 1, [](char32_t c) { return is_ascii_alnum(c) || c == 0xAD; });
    if (initials != end + 1 && peek(initials) == '.') next = std::max(next, initials + 1);
    if (next == end + 1) break;
    last = end = next;
  }
  if (last != at_) consider(last);
}

/// [A-Za-z0-9]+(-[A-Za-z]+){0,2}
std::size_t Lexer::slash_part(std::size_t at) const {
  std::size_t end = skip(at, is_ascii_alnum);
  if (end == at) return at;
  for (int i = 0; i < 2 && peek(end) == '-' && is_ascii_letter(peek(end + 1)); ++i)
    end = skip(end + 1, is_ascii_letter);
  return end;
}

/// "and/or", up to three parts
void Lexer::slashed() {
  std::size_t end = slash_part(at_);
  if (end == at_) return;
  std::size_t last = at_;
  for (int i = 0; i < 2; ++i) {
    const std::size_t slash = peek(end) == '\\' ? end + 1 : end;
    if (peek(slash) != '/') break;
    const std::size_t next = slash_part(slash + 1);
    if (next == slash + 1) break;
    last = end = next;
  }
  if (last != at_) consider(last);
}

void Lexer::numbers() {
  const std::size_t first = is_any(peek(at_), "+-") ? at_ + 1 : at_;
  const std::size_t end = number(first);
  if (end != first) consider(end);
  const std::size_t level =
      peek(at_) == 0x207A || peek(at_) == 0x207B || peek(at_) == 0x208A || peek(at_) == 0x208B ? at_ + 1 : at_;
  for (const std::size_t raised : {skip(level, is_superscript), skip(level, is_subscript)}) {
    if (raised != level) consider(raised);
  }
  // Dates: 12/25/2010, 1-2-03
  const std::size_t month = skip(at_, is_digit, 2);
  if (month != at_ && is_any(peek(month), "-/")) {
    const std::size_t day = skip(month + 1, is_digit, 2);
    if (day != month + 1 && is_any(peek(day), "-/")) {
      const std::size_t year = skip(day + 1, is_digit, 4);
      if (year >= day + 3) consider(year);
    }
  }
  // Fractions: 1/2, 1 1/2
  const auto fraction = [this](std::size_t from) {
    const std::size_t numerator = skip(from, is_digit, 4);
    const std::size_t slash = peek(numerator) == '\\' ? numerator + 1 : numerator;
    if (numerator == from || (peek(slash) != '/' && peek(slash) != 0x2044)) return from;
    const std::size_t denominator = skip(slash + 1, is_digit, 4);
    return denominator == slash + 1 ? from : denominator;
  };
  if (fraction(at_) != at_) consider(fraction(at_));
  const std::size_t whole = skip(at_, is_digit, 4);
  if (whole != at_ && (is_any(peek(whole), "- ") || peek(whole) == 0xA0) && fraction(whole + 1) != whole + 1) {
    consider(fraction(whole + 1));
  }
}

/// Digits in two to four groups of certain sizes, with separators: "(555) 555-1234", "10 100 2000".
void Lexer::phone_numbers() {
  const auto separator = [](char32_t c) { return c == '-' || c == ' ' || c == 0xA0; };
  // Tries all splits of the digits into groups. Returns the end of the longest match, or 0.
  const auto tail = [&](std::size_t from) {
    std::size_t longest = 0;
    for (std::size_t size = 3; size <= 4; ++size) {
      std::size_t at = skip(from, is_digit, size);
      if (at != from + size) continue;
      for (const bool separated : {true, false}) {
        if (separated && !separator(peek(at))) continue;
        const std::size_t start = separated ? at + 1 : at;
        const std::size_t end = skip(start, is_digit, 5);
        if (end >= start + 3) longest = std::max(longest, end);
      }
    }
    return longest;
  };
  const auto group = [&](std::size_t from) {
    const std::size_t end = skip(from, is_digit, 4);
    return end >= from + 2 && separator(peek(end)) ? end + 1 : from;
  };
  std::size_t start = at_;
  if (peek(at_) == '(') {
    const std::size_t area = skip(at_ + 1, is_digit, 3);
    if (area < at_ + 3 || peek(area) != ')') return;
    const std::size_t next = peek(area + 1) == ' ' || peek(area + 1) == 0xA0 ? area + 2 : area + 1;
    consider(tail(next));
    return;
  }
  while (start < at_ + 2 && peek(start) == '+') ++start;
  const std::size_t second = group(start);
  if (second == start) return;
  consider(tail(second));
  const std::size_t third = group(second);
  if (third != second) consider(tail(third));
}

/// Anything without spaces and brackets around an @.
void Lexer::mail_address() {
  if (!is_ascii_alnum(peek(at_))) return;
  const auto allowed = [](char32_t c) { return c != 0xA0 && !is_any(c, " \t\n\f\r\"<>|(){}"); };
  const auto in_domain = [&](char32_t c) { return allowed(c) && c != '.'; };
  for (std::size_t at = at_ + 1; at < text_.size() && allowed(text_[at]); ++at) {
    if (text_[at] != '@') continue;
    std::size_t end = skip(at + 1, in_domain);
    if (end == at + 1) continue;
    while (peek(end) == '.' && end + 1 < text_.size() && in_domain(text_[end + 1])) end = skip(end + 1, in_domain);
    consider(end);
  }
}

/// Web and mail addresses, @names and #topics.
void Lexer::addresses() {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const std::size_t begin = literal(at_, scheme);
    if (begin == at_) continue;
    std::size_t end = skip(begin, [](char32_t c) { return !is_space(c) && !is_any(c, "\"<>|()"); });
    while (end > begin && is_any(peek(end - 1), ".,!?;:'-$")) --end;
    if (end > begin) consider(end);
  }
  const auto host_character = [](char32_t c) { return is_letter_or_digit(c) || c == '-' || c == '_'; };
  std::size_t end = skip(at_, host_character);
  std::size_t last_label = at_;
  while (end != at_ && peek(end) == '.' && host_character(peek(end + 1))) {
    last_label = end + 1;
    end = skip(end + 1, host_character);
  }
  const auto label_is = [&](std::string_view name) { return last_label != at_ && literal(last_label, name) == end; };
  if (label_is("com") || label_is("net") || label_is("org") || label_is("edu")) consider(end);
  mail_address();
  if (peek(at_) == '@' && (is_ascii_letter(peek(at_ + 1)) || peek(at_ + 1) == '_')) {
    consider(skip(at_ + 2, [](char32_t c) { return is_ascii_alnum(c) || c == '_'; }));
  }
  if (peek(at_) == '#' && is_letter(peek(at_ + 1))) consider(skip(at_ + 1, is_letter));
}

/// Emoticons such as ":-)" without a following letter, "^_^" and "(^_^)"
void Lexer::smileys() {
  std::size_t eyes = at_;
  if (is_any(peek(eyes), "<>")) ++eyes;
  if (is_any(peek(eyes), ":;=")) {
    const std::size_t nose = eyes + 1;
    for (const std::size_t mouth : {nose, nose + 1}) {
      if (mouth > nose && !is_any(peek(nose), "-o*'")) continue;
      if (is_any(peek(mouth), "()DPdpO\\{@|[]") && !is_ascii_alnum(peek(mouth + 1))) consider(mouth + 2, mouth + 1);
    }
  }
  if (is_any(peek(at_), kEyes) && peek(at_ + 1) == '_' && is_any(peek(at_ + 2), kEyes)) consider(at_ + 3);
  if (peek(at_) == '(' && is_any(peek(at_ + 1), kEyes)) {
    const std::size_t right = is_any(peek(at_ + 2), "_.") ? at_ + 3 : at_ + 2;
    if (is_any(peek(right), kEyes) && peek(right + 1) == ')') consider(right + 2);
  }
}

/// "<b>", "</a>"
void Lexer::tags() {
  if (peek(at_) != '<') return;
  const std::size_t name = peek(at_ + 1) == '/' || peek(at_ + 1) == '!' || peek(at_ + 1) == '?' ? at_ + 2 : at_ + 1;
  if (!is_ascii_letter(peek(name)) && !(peek(at_ + 1) == '!' && peek(name) == '-')) return;
  const std::size_t end = skip(name, [](char32_t c) { return c != '>' && c != '<' && c != '\n' && c != '\r'; });
  if (peek(end) == '>') consider(end + 1);
}

/// Runs of a character that form one token: "!!", "##", "__"
void Lexer::symbol_runs() {
  const char32_t c = peek(at_);
  if (is_any(c, "!?")) consider(skip(at_, [](char32_t other) { return other == '!' || other == '?'; }));
  if (is_any(c, "@#_*-")) consider(skip(at_, [c](char32_t other) { return other == c; }));
  if (is_any(c, "<>") && peek(at_ + 1) == c) consider(at_ + 2);
  const std::size_t dots = skip(
      at_, [](char32_t other) { return other == '.'; }, 5);
  if (dots >= at_ + 3) consider(dots);
  if (peek(skip(at_, is_upper)) == '$') consider(skip(at_, is_upper) + 1);
}

}  // namespace saccade::ptb
