#include "core/metrics/ptb_tokenizer.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <cstdint>
#include <cwctype>
#include <iterator>
#include <locale.h>
#include <string>

#include "core/error.hpp"
#include "core/metrics/ptb_lexicon.hpp"
#include "core/tokenizer.hpp"

namespace saccade::metrics {

namespace {

// ---- Characters ----------------------------------------------------------------------------------------------------

/// Unicode's character classes, whatever the user's locale is.
locale_t unicode() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}
bool is_ascii_alnum(char32_t c) {
  return is_ascii_letter(c) || is_digit(c);
}
bool is_upper(char32_t c) {
  return c >= 'A' && c <= 'Z';
}
bool is_hyphen(char32_t c) {
  return c == '-' || c == '_' || c == 0x058A || c == 0x2010 || c == 0x2011;
}
/// Also what is often typed in its place; only some rules take it for one.
bool is_like_apostrophe(char32_t c) {
  return c == '\'' || c == '`' || c == 0x91 || c == 0x92 || c == 0x2018 || c == 0x2019 || c == 0x201B;
}
bool is_apostrophe(char32_t c) {
  return c == '\'' || c == 0x92 || c == 0x2019;
}

/// The original's ASCII spelling of a quotation mark that may stand in pairs; empty for every other character.
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
bool is_letter_or_digit(char32_t c) {
  return is_letter(c) || is_digit(c);
}

char32_t lower(char32_t c) {
  if (c < 0x80) return is_upper(c) ? c + ('a' - 'A') : c;
  return unicode() == nullptr ? c : static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), unicode()));
}

/// Decodes text that is known to be valid UTF-8.
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

// ---- Fixed spellings -----------------------------------------------------------------------------------------------

struct Respelling {
  char32_t character;
  std::string_view spelling;  // empty: dropped
};

/// Single characters that come out spelled differently, or not at all. What the dropped ones become in the original
/// (quotation marks, dashes, full stops) is on its list of punctuation to remove.
constexpr Respelling kRespellings[] = {
    {'(', "-lrb-"},  {')', "-rrb-"}, {'[', "-lsb-"}, {']', "-rsb-"},  {'{', "-lcb-"},  {'}', "-rcb-"},
    {'.', ""},       {',', ""},      {':', ""},      {';', ""},       {'"', ""},       {'\'', ""},
    {0xA2, "cents"}, {0xA3, "#"},    {0xA4, "$"},    {0x20A0, "$"},   {0x20AC, "$"},   {0xBC, "1/4"},
    {0xBD, "1/2"},   {0xBE, "3/4"},  {0x2010, ""},   {0x2011, ""},    {0x2012, ""},    {0x2013, ""},
    {0x2014, ""},    {0x2015, ""},   {0x2026, ""},   {0x2153, "1/3"}, {0x2154, "2/3"},
};

struct Entity {
  std::string_view name;
  std::string_view spelling;  // empty: dropped
};

/// Entities of HTML that are read as the character they stand for.
constexpr Entity kEntities[] = {{"&amp;", "&"}, {"&lt;", "<"},  {"&gt;", ">"},   {"&quot;", ""},
                                {"&apos;", ""}, {"&nbsp;", ""}, {"&mdash;", ""}, {"&ndash;", ""}};

struct Assimilation {
  std::string_view word;
  std::size_t first;  // letters of the first token; the second follows by itself
};

constexpr Assimilation kAssimilations[] = {{"cannot", 3}, {"gonna", 3}, {"gotta", 3}, {"lemme", 3},
                                           {"gimme", 3},  {"wanna", 3}, {"'tis", 2},  {"'twas", 2}};

/// Words with marks inside that no general rule keeps together.
constexpr std::string_view kFixedWords[] = {
    "c++", "c#",  "f#",      "'n",   "'n'",   "'em",       "'til",  "'till", "'cause",  "d'",    "j'",
    "l'",  "ol'", "dunkin'", "li'l", "nat'l", "somethin'", "c'mon", "e'er",  "s'mores", "ev'ry", "nor'easter"};

// ---- The lexer -----------------------------------------------------------------------------------------------------

/// Cuts a text into tokens: at each place the rule that matches the longest stretch wins, what it looks ahead at
/// included; of equal ones the earlier.
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
  /// What a rule found: it matches up to `matched`, the token ends at `end`. Both are positions.
  struct Match {
    std::size_t matched = 0;
    std::size_t end = 0;
  };

  /// The character at a position; 0 past the end, which is in no class.
  char32_t peek(std::size_t at) const { return at < text_.size() ? text_[at] : 0; }

  /// The end of the text is the end of a line to the original.
  bool at_end_or_space(std::size_t at) const { return at >= text_.size() || is_space(text_[at]); }

  template <typename Predicate>
  std::size_t skip(std::size_t at, Predicate predicate, std::size_t at_most = SIZE_MAX) const {
    for (; at_most > 0 && at < text_.size() && predicate(text_[at]); --at_most) ++at;
    return at;
  }

  /// A stretch that is known to be ASCII.
  std::string ascii(std::size_t first, std::size_t last) const {
    std::string result;
    for (std::size_t i = first; i < last; ++i) result.push_back(static_cast<char>(text_[i]));
    return result;
  }

  /// Past `literal` (lower case ASCII, any apostrophe for '), or `at` when it is not there.
  std::size_t literal(std::size_t at, std::string_view literal) const {
    for (std::size_t i = 0; i < literal.size(); ++i) {
      const char32_t c = peek(at + i);
      const bool same = literal[i] == '\'' ? is_apostrophe(c) : lower(c) == static_cast<unsigned char>(literal[i]);
      if (!same) return at;
    }
    return at + literal.size();
  }

  void consider(std::size_t matched, std::size_t end) {
    if (matched > best_.matched) best_ = {matched, end};
  }
  void consider(std::size_t end) { consider(end, end); }

  // Ends of patterns that begin at `at`; `at` itself when there is no match.
  std::size_t word(std::size_t at) const;
  std::size_t word_part(std::size_t at) const;
  std::size_t thing(std::size_t at) const;
  std::size_t reduced_auxiliary(std::size_t at) const;
  std::size_t negation(std::size_t at) const;
  std::size_t number(std::size_t at) const;
  std::size_t acronym(std::size_t at) const;
  bool sentence_starts(std::size_t at) const;
  std::size_t slash_part(std::size_t at) const;

  // Rules: each considers what it finds at `at_`.
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
    if (is_any(peek(from), "dDoOlL") && is_like_apostrophe(peek(from + 1)) && is_letter(peek(from + 2)) &&
        is_letter_or_digit(peek(from + 3))) {
      from += 2;
    }
    return skip(from, is_letter_or_digit);
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
  while (is_any(peek(end), ".:,") && is_digit(peek(end + 1))) end = skip(end + 1, is_digit);
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
  return ptb::starts_sentence(ascii(first, last));
}

void Lexer::abbreviations() {
  const std::size_t end = skip(at_, is_ascii_letter);
  if (end != at_ && peek(end) == '.') {
    const bool single = end == at_ + 1;
    if (single && sentence_starts(end + 1)) consider(text_.size() + 1, end);
    const ptb::Abbreviation kind = single ? ptb::Abbreviation::kAlways : ptb::abbreviation(ascii(at_, end));
    if (kind == ptb::Abbreviation::kAlways) consider(end + 1);
    if (kind == ptb::Abbreviation::kBeforeNumber) {
      const std::size_t next = is_space(peek(end + 1)) ? end + 2 : end + 1;
      if (is_digit(peek(next))) consider(next + 1, end + 1);
    }
  }
  if (literal(at_, "ph.d.") != at_) consider(at_ + 5);
  const std::size_t initials = acronym(at_);
  if (initials != at_ && peek(initials) == '.') consider(initials + 1);
  // A comma after a full stop: the stop is taken for an abbreviation's.
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
  if (is_apostrophe(peek(at_)) && is_digit(peek(at_ + 1)) && is_digit(peek(at_ + 2))) {
    if (peek(at_ + 2) == '0' && is_any(peek(at_ + 3), "sS")) consider(at_ + 4);
    if (at_end_or_space(at_ + 3)) consider(at_ + 4, at_ + 3);
  }
  // "y'all"
  const std::size_t you = literal(at_, "y'");
  if (you != at_ && is_ascii_letter(peek(you))) consider(you + 1, you);
  // "D'Angelo", "n'est"
  const char32_t first = peek(at_);
  if (((is_upper(first) && first != 'I' && first != 'Y') || first == 'n') && is_like_apostrophe(peek(at_ + 1))) {
    const std::size_t end = skip(at_ + 2, is_letter);
    if (end >= at_ + 4) consider(end);
  }
  // An apostrophe between vowels: "ma'am", "Hawai'i"
  const std::size_t letters = skip(at_, is_letter);
  if (letters > at_ + 1 && is_any(lower(peek(letters - 1)), "aeiouy") && is_like_apostrophe(peek(letters)) &&
      (is_any(peek(letters + 1), "aeiou") || is_upper(peek(letters + 1)))) {
    consider(skip(letters + 1, is_letter));
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

/// Digits in two to four groups of the right sizes, spaces between them included: "(555) 555-1234", "10 100 2000".
void Lexer::phone_numbers() {
  const auto separator = [](char32_t c) { return c == '-' || c == ' ' || c == 0xA0; };
  // Every split of the digits into groups counts, so that all are tried: the end of the longest, or 0.
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
  const auto allowed = [](char32_t c) { return !is_space(c) && !is_any(c, "\"<>|(){}"); };
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

/// ":-)" and its kin when no letter follows, "^_^" and "(^_^)"
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
  constexpr std::string_view kEyes = "-^x=~<>'";
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

/// Runs of one mark that make one token: "!!", "##", "__"
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

void Lexer::step() {
  best_ = {at_, at_};
  words();
  abbreviations();
  apostrophes();
  quotation_marks();
  hyphenated();
  slashed();
  numbers();
  phone_numbers();
  addresses();
  smileys();
  tags();
  symbol_runs();
  if (best_.matched > at_) {
    emit(at_, best_.end);
    at_ = best_.end;
  } else if (!entity()) {
    single_character();
  }
}

bool Lexer::entity() {
  const std::size_t digits = literal(at_, "&#");
  const std::size_t end_of_number = skip(digits, is_digit);
  if (digits != at_ && end_of_number != digits && peek(end_of_number) == ';') {  // "&#39;" is left as it is
    emit(at_, end_of_number + 1);
    at_ = end_of_number + 1;
    return true;
  }
  for (const Entity& known : kEntities) {
    const std::size_t end = literal(at_, known.name);
    if (end == at_) continue;
    if (!known.spelling.empty()) tokens_.emplace_back(known.spelling);
    at_ = end;
    return true;
  }
  return false;
}

void Lexer::single_character() {
  const char32_t c = text_[at_++];
  for (const Respelling& known : kRespellings) {
    if (known.character != c) continue;
    if (!known.spelling.empty()) tokens_.emplace_back(known.spelling);
    return;
  }
  // Beyond the basic plane and among the control characters the original knows no token.
  if (c >= 0x10000 || c < 0x20 || (c >= 0x7F && c < 0xA0)) return;
  tokens_.emplace_back();
  append_utf8(tokens_.back(), c);
}

void Lexer::emit(std::size_t first, std::size_t last) {
  // Quotation marks, and apostrophes in contractions, get their ASCII form; those inside words stay as they are.
  const auto is_mark = [](char32_t c) { return !quotation_mark(c).empty(); };
  const bool respell =
      skip(first, is_mark, last - first) == last || reduced_auxiliary(first) == last || negation(first) == last;
  std::string token;
  for (std::size_t i = first; i < last; ++i) {
    const char32_t c = text_[i];
    if (c == 0xAD) continue;  // a soft hyphen is not printed
    if (c == '(') {
      token += "-lrb-";
    } else if (c == ')') {
      token += "-rrb-";
    } else if (const std::string_view spelling = quotation_mark(c); respell && !spelling.empty()) {
      token += spelling;
    } else {
      append_utf8(token, is_space(c) ? 0xA0 : lower(c));  // a space within a token becomes one that does not part it
    }
  }
  const auto all = [&token](std::string_view marks) { return token.find_first_not_of(marks) == std::string::npos; };
  if (token.empty() || token == "?" || token == "!" || all("-") || all(".")) return;
  if (token == "'" || token == "''" || token == "`" || token == "``") return;
  tokens_.push_back(std::move(token));
}

}  // namespace

Tokens ptb_tokenize(std::string_view caption) {
  if (!is_utf8(caption)) throw Error("the caption \"{}\" is not valid UTF-8", caption);
  return Lexer(decode(caption)).run();
}

}  // namespace saccade::metrics
