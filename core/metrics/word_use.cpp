#include "core/metrics/word_use.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

namespace saccade::metrics {
namespace {

using Words = std::vector<std::string>;

bool is_stop_word(const std::string& word) {
  static const std::set<std::string, std::less<>> words{
      "a",     "an",    "the",    "is",     "are",     "was",   "were",   "be",     "been",    "being",   "am",
      "of",    "in",    "on",     "at",     "to",      "from",  "with",   "by",     "for",     "and",     "or",
      "as",    "into",  "onto",   "over",   "under",   "up",    "down",   "out",    "off",     "through", "near",
      "next",  "front", "behind", "beside", "between", "along", "across", "around", "while",   "another", "other",
      "his",   "her",   "their",  "its",    "it",      "he",    "she",    "they",   "them",    "him",     "there",
      "that",  "this",  "who",    "which",  "one",     "two",   "three",  "four",   "several", "some",    "many",
      "group", "very",  "has",    "have",   "having",  "s"};
  return words.count(word) != 0;
}

/// The words of ASCII letters and digits in a caption that is tokenized already.
Words plain_words(const Tokens& caption) {
  Words words;
  for (const std::string& token : caption) {
    std::string word;
    for (const char c : token) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80 && std::isalnum(byte) != 0) {
        word += static_cast<char>(std::tolower(byte));
      } else if (c != '\'' && !word.empty()) {
        words.push_back(std::move(word));
        word.clear();
      }
    }
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

std::string stem(std::string word) {
  constexpr std::size_t kShortest = 3;
  for (const std::string_view ending : {"ing", "es", "s", "ed"}) {
    const std::size_t length = ending.size();
    if (word.size() < length + kShortest || word.compare(word.size() - length, length, ending) != 0) continue;
    word.erase(word.size() - length);
    break;
  }
  if (word.size() > kShortest && word.back() == word[word.size() - 2]) {
    word.pop_back();
  } else {
    word.erase(word.find_last_not_of('e') + 1);
  }
  return word;
}

std::set<std::string> content_words(const Words& words) {
  std::set<std::string> content;
  for (const std::string& word : words) {
    if (!is_stop_word(word)) content.insert(stem(word));
  }
  return content;
}

class Counter {
 public:
  void add(const Tokens& caption, const std::vector<Tokens>& references) {
    const Words words = plain_words(caption);
    vocabulary_.insert(words.begin(), words.end());
    words_ += words.size();
    ++captions_[words];
    ++count_;
    if (references.empty()) return;
    const PeoplesWords::Counts found = PeoplesWords(references).count(caption);
    total_.right += found.right;
    total_.said += found.said;
    total_.named += found.named;
    total_.wanted += found.wanted;
  }

  WordUse result() const {
    const auto share = [](std::size_t part, std::size_t all) {
      return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
    };
    return {count_,
            vocabulary_.size(),
            share(captions_.size(), count_),
            share(words_, count_),
            share(total_.right, total_.said),
            share(total_.named, total_.wanted)};
  }

 private:
  std::set<std::string> vocabulary_;
  std::map<Words, int> captions_;
  std::size_t count_ = 0, words_ = 0;
  PeoplesWords::Counts total_;
};

}  // namespace

PeoplesWords::PeoplesWords(const std::vector<Tokens>& references) {
  for (const Tokens& reference : references) {
    for (const auto& word : content_words(plain_words(reference))) wanted_ += ++users_[word] == 2 ? 1 : 0;
  }
}

PeoplesWords::Counts PeoplesWords::count(const Tokens& caption) const {
  Counts counts;
  counts.wanted = wanted_;
  for (const auto& word : content_words(plain_words(caption))) {
    ++counts.said;
    const auto found = users_.find(word);
    if (found == users_.end()) continue;
    ++counts.right;
    counts.named += found->second > 1 ? 1 : 0;
  }
  return counts;
}

double PeoplesWords::f1(const Tokens& caption) const {
  const Counts counts = count(caption);
  if (counts.named == 0) return 0;
  const double precision = static_cast<double>(counts.right) / static_cast<double>(counts.said);
  const double recall = static_cast<double>(counts.named) / static_cast<double>(counts.wanted);
  return 2 * precision * recall / (precision + recall);
}

WordUse word_use(const std::vector<ScoredItem>& items) {
  Counter counter;
  for (const ScoredItem& item : items) counter.add(item.hypothesis, item.references);
  return counter.result();
}

WordUse word_use_of_people(const std::vector<ScoredItem>& items) {
  constexpr std::size_t kEnough = 5;
  Counter counter;
  for (const ScoredItem& item : items) {
    if (item.references.size() < kEnough) continue;
    counter.add(item.references.front(), {item.references.begin() + 1, item.references.end()});
  }
  return counter.result();
}

}  // namespace saccade::metrics
