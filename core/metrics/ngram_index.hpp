#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/metrics/corpus.hpp"

namespace saccade::metrics {

/// The longest n-gram that BLEU and CIDEr count.
constexpr std::size_t kMaximumOrder = 4;

/// How often an n-gram occurs in a sentence.
struct NgramCount {
  std::uint32_t id = 0;
  std::uint32_t count = 0;
};

/// The n-grams of one sentence for n = 1..4: for each n its distinct n-grams by rising id.
class SentenceNgrams {
 public:
  /// A view of the counts of one n, good while the sentence lives.
  struct Range {
    const NgramCount* first;
    const NgramCount* last;
    const NgramCount* begin() const { return first; }
    const NgramCount* end() const { return last; }
  };

  std::size_t length() const { return length_; }                      ///< tokens
  const std::vector<NgramCount>& entries() const { return counts_; }  ///< all n, one after the other

  /// n = 1..4
  Range order(std::size_t n) const { return {counts_.data() + begin_[n - 1], counts_.data() + begin_[n]}; }

 private:
  friend class NgramIndex;
  std::size_t length_ = 0;
  std::vector<NgramCount> counts_;
  std::array<std::uint32_t, kMaximumOrder + 1> begin_{};
};

/// Gives every word and every n-gram a number, so that counting compares integers and never strings. Exact: two n-grams
/// share a number only when they are equal. Numbers rise from 0 without gaps, and a prefix has a smaller one than
/// what it begins.
class NgramIndex {
 public:
  /// With a `base`, numbers what `base` does not know, above its numbers; `base` must outlive this index and must not
  /// grow any more.
  explicit NgramIndex(const NgramIndex* base = nullptr);

  /// Counts the n-grams of a sentence; those not seen before get a number.
  SentenceNgrams count(const Tokens& sentence);

  /// The number of one n-gram of 1..4 words; it gets one when it was not seen before.
  std::uint32_t number(const Tokens& ngram);

  /// Numbers given so far, those of the base included.
  std::size_t size() const { return next_; }

  /// Calls `visit(number, text)` for every n-gram of this index (not of its base) by rising number; the words of `text`
  /// are joined by single spaces.
  void for_each(const std::function<void(std::uint32_t, const std::string&)>& visit) const;

 private:
  /// Open addressing, linear probing: (prefix, last word) -> number.
  class Table {
   public:
    std::uint32_t find(std::uint64_t key) const;
    void insert(std::uint64_t key, std::uint32_t number);

    struct Slot {
      std::uint64_t key = 0;
      std::uint32_t number = kNone;
    };
    const std::vector<Slot>& slots() const { return slots_; }

   private:
    void place(const Slot& slot);
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
  };

  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::uint32_t find_word(const std::string& word) const;
  std::uint32_t find_ngram(std::uint32_t prefix, std::uint32_t word) const;
  std::uint32_t number_word(const std::string& word);
  std::uint32_t number_ngram(std::uint32_t prefix, std::uint32_t word);
  std::uint32_t next_number();

  const NgramIndex* base_;
  std::uint32_t first_;  // the smallest number of this index's own
  std::uint32_t next_;
  std::unordered_map<std::string, std::uint32_t> words_;
  Table ngrams_;
};

}  // namespace saccade::metrics
