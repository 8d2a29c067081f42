#include "core/text/ptb_lexicon.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace saccade::ptb {

namespace {

// Each list in alphabetical order, for the binary search.

constexpr std::string_view kAnyCase[] = {
    "adj",  "adm", "adv",     "al",    "ala",   "alex", "apr",  "ariz", "assn",  "assoc", "asst",   "atty", "attys",
    "aug",  "ave", "bancorp", "bhd",   "bldg",  "blvd", "brig", "bros", "calif", "capt",  "cf",     "cie",  "cmdr",
    "co",   "col", "colo",    "comdr", "conn",  "corp", "cos",  "cpl",  "ct",    "dak",   "dec",    "dept", "det",
    "dr",   "drs", "elec",    "ens",   "esq",   "est",  "etc",  "ext",  "feb",   "fla",   "fri",    "ft",   "ga",
    "gen",  "gov", "govs",    "hon",   "inc",   "ind",  "insp", "intl", "invt",  "jan",   "jos",    "jr",   "jul",
    "jun",  "kan", "kans",    "ky",    "lieut", "lt",   "ltd",  "maj",  "mar",   "md",    "messrs", "mich", "minn",
    "mlle", "mme", "mo",      "mon",   "mont",  "mr",   "mrs",  "ms",   "msgr",  "mt",    "natl",   "neb",  "nev",
    "nov",  "oct", "okla",    "penn",  "pfc",   "ph",   "plc",  "pres", "prof",  "profs", "pvt",    "rd",   "rep",
    "reps", "rev", "rt",      "sen",   "sens",  "sep",  "sept", "seq",  "sfc",   "sgt",   "spc",    "sq",   "sr",
    "st",   "ste", "supt",    "supts", "sys",   "tel",  "tenn", "thu",  "thurs", "treas", "tue",    "tues", "univ",
    "va",   "vs",  "vt",      "wed",   "wis",   "wisc", "wm",   "wyo"};

/// Abbreviations of states whose lower-case forms are other words: "Mass." but "mass ."
constexpr std::string_view kNotInLowerCase[] = {"ark",  "az",  "del", "ill", "la",  "mass",
                                                "miss", "ore", "pa",  "tex", "wash"};

constexpr std::string_view kNotInUpperCase[] = {"mfg",   "mtg", "ppte", "pptes", "ppty",
                                                "pptys", "pte", "ptes", "pty",   "ptys"};

constexpr std::string_view kOnlyBeforeNumber[] = {"art", "ca", "fig", "figs", "no", "nos", "op", "pp", "prop"};

constexpr std::string_view kStarters[] = {
    "a",    "about", "according", "additionally", "after", "an",    "as",    "at",    "but",   "earlier",
    "he",   "her",   "here",      "however",      "if",    "in",    "it",    "last",  "many",  "more",
    "mr.",  "ms.",   "now",       "once",         "one",   "other", "our",   "she",   "since", "so",
    "some", "such",  "that",      "the",          "their", "then",  "there", "these", "they",  "this",
    "we",   "what",  "when",      "while",        "yet",   "you"};

template <std::size_t kSize>
bool holds(const std::string_view (&list)[kSize], std::string_view word) {
  return std::binary_search(std::begin(list), std::end(list), word);
}

bool is_upper(std::string_view word) {
  return std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string to_lower(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

Abbreviation abbreviation(std::string_view word) {
  const std::string lower = to_lower(word);
  if (holds(kAnyCase, lower)) return Abbreviation::kAlways;
  if (lower != word && holds(kNotInLowerCase, lower)) return Abbreviation::kAlways;
  if (!is_upper(word) && holds(kNotInUpperCase, lower)) return Abbreviation::kAlways;
  if (holds(kOnlyBeforeNumber, lower)) return Abbreviation::kBeforeNumber;
  return Abbreviation::kNone;
}

bool starts_sentence(std::string_view word) {
  const std::string lower = to_lower(word);
  const bool capital = !word.empty() && word[0] != lower[0] && (lower.substr(1) == word.substr(1) || is_upper(word));
  return capital && holds(kStarters, lower);
}

}  // namespace saccade::ptb
