#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace saccade {

/// The words a model knows, numbered. Four are special and always come first.
class Vocabulary {
 public:
  static constexpr std::int64_t kPad = 0;
  static constexpr std::int64_t kStart = 1;
  static constexpr std::int64_t kEnd = 2;
  static constexpr std::int64_t kUnknown = 3;
  static constexpr std::int64_t kSpecials = 4;

  /// The four specials, then `words` in the given order. Throws Error on an empty or a repeated word.
  explicit Vocabulary(const std::vector<std::string>& words);

  /// The words that occur at least `min_count` times in `captions`: the commonest first, ties in alphabetical order.
  static Vocabulary build(const std::vector<std::vector<std::string>>& captions, int min_count);

  /// Number of entries V, the specials included.
  std::int64_t size() const { return static_cast<std::int64_t>(words_.size()); }

  /// The word with this number. Throws Error when there is none.
  const std::string& word(std::int64_t index) const;

  /// The number of this word; kUnknown when the model does not know it.
  std::int64_t index(std::string_view word) const;

  /// <start>, the words' numbers, <end>.
  std::vector<std::int64_t> encode(const std::vector<std::string>& words) const;

  /// All words without the specials, in order: what `Vocabulary(words)` takes.
  std::vector<std::string> words() const { return {words_.begin() + kSpecials, words_.end()}; }

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int64_t> index_;
};

}  // namespace saccade
