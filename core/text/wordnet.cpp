#include "core/text/wordnet.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/text/tokens.hpp"

namespace saccade {

namespace {

/// WordNet's rules of detachment (morphy(7WN)): nouns, verbs, adjectives.
constexpr std::pair<std::string_view, std::string_view> kEndings[] = {
    {"s", ""},    {"ses", "s"}, {"xes", "x"}, {"zes", "z"}, {"ches", "ch"}, {"shes", "sh"}, {"men", "man"},
    {"ies", "y"}, {"s", ""},    {"ies", "y"}, {"es", "e"},  {"es", ""},     {"ed", "e"},    {"ed", ""},
    {"ing", "e"}, {"ing", ""},  {"er", ""},   {"est", ""},  {"er", "e"},    {"est", "e"}};

constexpr std::size_t kOffsetDigits = 8;

/// Calls `visit(line number, words)` for every line except the license, which is indented.
template <typename Visitor>
void for_each_line(const std::string& content, Visitor visit) {
  std::string_view rest = content;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!line.empty() && line.front() != ' ') visit(number, split_tokens(line));
  }
}

}  // namespace

WordNet::WordNet(const std::filesystem::path& folder) {
  for (const char* part : {"noun", "verb", "adj", "adv"}) {
    read_index(folder / (std::string("index.") + part));
    read_exceptions(folder / (std::string(part) + ".exc"));
  }
}

void WordNet::read_index(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  for_each_line(content, [&](std::size_t number, const Tokens& words) {
    // lemma, part of speech, number of sets, ..., the sets
    std::size_t count = 0;
    const auto fail = [&] { throw Error("{}: line {}: not a line of a WordNet index", path.string(), number); };
    if (words.size() < 4) fail();
    std::from_chars(words[2].data(), words[2].data() + words[2].size(), count);
    if (count == 0 || count + 3 > words.size()) fail();
    if (words[0].find('_') != std::string::npos) return;  // multi-word entries never match a token
    std::vector<std::uint32_t>& sets = sets_of_[words[0]];
    for (std::size_t i = words.size() - count; i < words.size(); ++i) {
      std::uint32_t set = 0;
      const auto result = std::from_chars(words[i].data(), words[i].data() + words[i].size(), set);
      if (result.ec != std::errc() || words[i].size() != kOffsetDigits) fail();
      sets.push_back(set);
    }
  });
}

void WordNet::read_exceptions(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  for_each_line(content, [&](std::size_t number, const Tokens& words) {
    if (words.size() < 2) throw Error("{}: line {}: an inflected form without a base form", path.string(), number);
    std::vector<std::string>& bases = irregular_[words[0]];
    bases.insert(bases.end(), words.begin() + 1, words.end());
  });
}

void WordNet::append_sets(const std::string& word, std::vector<std::uint32_t>& sets) const {
  const auto found = sets_of_.find(word);
  if (found != sets_of_.end()) sets.insert(sets.end(), found->second.begin(), found->second.end());
}

std::vector<std::uint32_t> WordNet::synonym_sets(const std::string& word) const {
  std::vector<std::uint32_t> sets;
  append_sets(word, sets);
  const auto irregular = irregular_.find(word);
  if (irregular != irregular_.end()) {
    for (const std::string& base : irregular->second) append_sets(base, sets);
  } else if (word.size() > 2) {
    for (const auto& [ending, replacement] : kEndings) {
      if (word.size() <= ending.size() || word.compare(word.size() - ending.size(), ending.size(), ending) != 0)
        continue;
      const std::string base = word.substr(0, word.size() - ending.size()).append(replacement);
      if (sets_of_.count(base) == 0) continue;
      append_sets(base, sets);
      break;
    }
  }
  std::sort(sets.begin(), sets.end());
  sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
  return sets;
}

}  // namespace saccade
