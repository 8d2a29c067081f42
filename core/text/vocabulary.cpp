#include "core/text/vocabulary.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/error.hpp"

namespace saccade {

Vocabulary::Vocabulary(const std::vector<std::string>& words) : words_{"<pad>", "<start>", "<end>", "<unk>"} {
  words_.insert(words_.end(), words.begin(), words.end());
  index_.reserve(words_.size());
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (words_[i].empty()) throw Error("the vocabulary holds an empty word at place {}", i);
    if (!index_.emplace(words_[i], static_cast<std::int64_t>(i)).second) {
      throw Error("the vocabulary holds the word '{}' twice", words_[i]);
    }
  }
}

Vocabulary Vocabulary::build(const std::vector<std::vector<std::string>>& captions, int min_count) {
  std::map<std::string, int> counts;
  for (const auto& caption : captions) {
    for (const auto& word : caption) ++counts[word];
  }
  std::vector<std::pair<std::string, int>> kept;
  for (const auto& entry : counts) {
    if (entry.second >= min_count) kept.emplace_back(entry);
  }
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> words;
  words.reserve(kept.size());
  for (auto& entry : kept) words.push_back(std::move(entry.first));
  return Vocabulary(words);
}

const std::string& Vocabulary::word(std::int64_t index) const {
  if (index < 0 || index >= size()) throw Error("the vocabulary has no word number {} (it has {})", index, size());
  return words_[static_cast<std::size_t>(index)];
}

std::int64_t Vocabulary::index(std::string_view word) const {
  const auto found = index_.find(std::string(word));
  return found == index_.end() ? kUnknown : found->second;
}

std::vector<std::int64_t> Vocabulary::encode(const std::vector<std::string>& words) const {
  std::vector<std::int64_t> indices;
  indices.reserve(words.size() + 2);
  indices.push_back(kStart);
  for (const auto& word : words) indices.push_back(index(word));
  indices.push_back(kEnd);
  return indices;
}

}  // namespace saccade
