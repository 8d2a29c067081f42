#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace saccade {

/// The indexed words of a model. Four special words come first.
class Vocabulary {
 public:
  static constexpr std::int64_t kPad = 0;
  static constexpr std::int64_t kStart = 1;
  static constexpr std::int64_t kEnd = 2;
  static constexpr std::int64_t kUnknown = 3;
  static constexpr std::int64_t kSpecials = 4;

  /// The four special words, then `words` in order. Throws Error for empty or repeated words.
  explicit Vocabulary(const std::vector<std::string>& words);

  /// The words that occur at least `min_count` times in `captions`, most frequent first, ties in alphabetical order.
  static Vocabulary build(const std::vector<std::vector<std::string>>& captions, int min_count);

  /// Number of entries V, including the special words.
  std::int64_t size() const { return static_cast<std::int64_t>(words_.size()); }

  /// The word at an index. Throws Error if the index is out of range.
  const std::string& word(std::int64_t index) const;

  /// The index of a word; kUnknown for unknown words.
  std::int64_t index(std::string_view word) const;

  /// <start>, the indices of the words, <end>.
  std::vector<std::int64_t> encode(const std::vector<std::string>& words) const;

  /// All words without the special ones, in order, as for `Vocabulary(words)`.
  std::vector<std::string> words() const { return {words_.begin() + kSpecials, words_.end()}; }

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int64_t> index_;
};

}  // namespace saccade
