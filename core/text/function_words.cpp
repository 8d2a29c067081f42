#include "core/text/function_words.hpp"

#include <set>

namespace saccade {

bool is_function_word(std::string_view word) {
  static const std::set<std::string_view> words{
      "a",          "an",     "the",    "this",    "that",   "these", "those",   "some",    "another", "other",
      "each",       "he",     "she",    "it",      "they",   "him",   "her",     "them",    "his",     "hers",
      "its",        "their",  "who",    "which",   "what",   "one",   "there",   "himself", "herself", "itself",
      "themselves", "and",    "or",     "but",     "while",  "as",    "for",     "with",    "without", "of",
      "in",         "on",     "onto",   "into",    "at",     "to",    "from",    "by",      "over",    "under",
      "through",    "near",   "behind", "between", "across", "along", "around",  "against", "about",   "after",
      "before",     "during", "down",   "up",      "off",    "out",   "outside", "inside",  "next",    "toward",
      "towards",    "is",     "are",    "was",     "were",   "be",    "been",    "being",   "am",      "has",
      "have",       "had",    "having", "do",      "does",   "did",   "can",     "will",    "not",     "no",
      "so",         "if",     "where",  "when",    "than",   "very"};
  return words.count(word) != 0;
}

}  // namespace saccade
