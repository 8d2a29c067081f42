#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/data/scored_item.hpp"

namespace saccade::metrics {

/// How rich captions are in words, and how true their words are.
///
/// A content word is a word that is not one of a fixed list of English function words; inflections count as one word
/// (the suffixes -ing, -es, -s, -ed and a doubled last letter or final e are cut off).
struct WordUse {
  std::size_t captions = 0;    ///< scored
  std::size_t vocabulary = 0;  ///< different words in all captions
  double distinct = 0;         ///< number of different captions over the number of captions
  double length = 0;           ///< mean number of words in a caption
  double right = 0;  ///< share of the captions' content words that at least one person used for the image, pooled
  double named = 0;  ///< share of the content words that at least two people used for it that the caption has, pooled
};

/// The content words that people used for one image.
class PeoplesWords {
 public:
  explicit PeoplesWords(const std::vector<Tokens>& references);

  /// How many of a caption's content words are right, how many there are, how many of those that at least two people
  /// used it has, and how many these are.
  struct Counts {
    std::size_t right = 0, said = 0, named = 0, wanted = 0;
  };
  Counts count(const Tokens& caption) const;

  /// The harmonic mean of right / said and named / wanted, from 0 to 1; 0 if nothing is named.
  double f1(const Tokens& caption) const;

 private:
  std::map<std::string, int> users_;  // of each content word
  std::size_t wanted_ = 0;
};

/// The captions of all items against their references. A caption of an item without references counts for the first
/// three figures only.
WordUse word_use(const std::vector<ScoredItem>& items);

/// The same of people: the first reference of each item that has at least five, against its other references. No
/// captions where there is no such item.
WordUse word_use_of_people(const std::vector<ScoredItem>& items);

}  // namespace saccade::metrics
