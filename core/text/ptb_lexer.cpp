#include "core/text/ptb_lexer.hpp"

namespace saccade::ptb {

namespace {

struct Respelling {
  char32_t character;
  std::string_view spelling;  // empty: dropped
};

/// Single characters with another spelling, or none. The original converts the dropped ones to quotation marks, dashes
/// or full stops, which it then removes.
constexpr Respelling kRespellings[] = {
    {'(', "-lrb-"},  {')', "-rrb-"},  {'[', "-lsb-"}, {']', "-rsb-"}, {'{', "-lcb-"}, {'}', "-rcb-"},  {'.', ""},
    {',', ""},       {':', ""},       {';', ""},      {'"', ""},      {'\'', ""},     {0xA2, "cents"}, {0xA3, "#"},
    {0xA4, "$"},     {0x20A0, "$"},   {0x20AC, "$"},  {0xBC, "1/4"},  {0xBD, "1/2"},  {0xBE, "3/4"},   {0x58A, ""},
    {0x80, "$"},     {0x91, ""},      {0x92, ""},     {0x93, ""},     {0x94, ""},     {0x96, ""},      {0x97, ""},
    {0x2010, ""},    {0x2011, ""},    {0x2012, ""},   {0x2013, ""},   {0x2014, ""},   {0x2015, ""},    {0x2026, ""},
    {0x2153, "1/3"}, {0x2154, "2/3"},
};

struct Entity {
  std::string_view name;
  std::string_view spelling;  // empty: dropped
};

/// HTML entities that are replaced by their characters.
constexpr Entity kEntities[] = {{"&amp;", "&"}, {"&lt;", "<"},  {"&gt;", ">"},   {"&quot;", ""},
                                {"&apos;", ""}, {"&nbsp;", ""}, {"&mdash;", ""}, {"&ndash;", ""}};

}  // namespace

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
  // The original drops unknown characters: control characters, all beyond the basic plane, and marks of some scripts.
  if (c < 0x20 || c == 0x7F || (c >= 0x80 && !is_letter_or_digit(c) && !is_symbol(c))) return;
  tokens_.emplace_back();
  append_utf8(tokens_.back(), to_lower(c));
}

/// Appends text_[i] of the token text_[first, last) in lower case as in Java, which depends on adjacent letters.
void Lexer::append_lower(std::string& token, std::size_t i, std::size_t first, std::size_t last) const {
  constexpr char32_t kNoBreakSpace = 0xA0, kDottedCapitalI = 0x130, kCapitalSigma = 0x3A3, kFinalSigma = 0x3C2;
  const char32_t c = text_[i];
  if (c == ' ') return append_utf8(token, kNoBreakSpace);  // keeps the token in one piece
  append_utf8(token, c == kCapitalSigma && ends_word(i, first, last) ? kFinalSigma : to_lower(c));
  if (c == kDottedCapitalI) append_utf8(token, 0x307);
}

/// Whether cased letters precede this letter of the word, and none follow it.
bool Lexer::ends_word(std::size_t i, std::size_t first, std::size_t last) const {
  std::size_t before = i;
  while (before > first && is_letter(text_[before - 1]) && !has_case(text_[before - 1])) --before;
  if (before == first || !has_case(text_[before - 1])) return false;
  std::size_t after = i + 1;
  while (after < last && is_letter(text_[after]) && !has_case(text_[after])) ++after;
  return after == last || !has_case(text_[after]);
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
      append_lower(token, i, first, last);
    }
  }
  const auto all = [&token](std::string_view marks) { return token.find_first_not_of(marks) == std::string::npos; };
  if (token.empty() || token == "?" || token == "!" || all("-") || all(".")) return;
  if (token == "'" || token == "''" || token == "`" || token == "``") return;
  tokens_.push_back(std::move(token));
}

}  // namespace saccade::ptb
