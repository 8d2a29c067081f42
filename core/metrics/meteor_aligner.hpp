#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/metrics/corpus.hpp"

namespace saccade::metrics {

/// How two words match, the surest first.
enum class MeteorStage { kExact, kStem, kSynonym };
constexpr std::size_t kMeteorStages = 3;

/// A word of the hypothesis and the word of the reference that it is aligned to, by place.
struct MeteorMatch {
  std::size_t hypothesis = 0;
  std::size_t reference = 0;
  MeteorStage stage = MeteorStage::kExact;
};

struct MeteorAlignment {
  std::vector<MeteorMatch> matches;  ///< by place in the hypothesis
  std::size_t chunks = 0;            ///< runs of matches that are neighbors, in the same order, in both sentences
};

/// Aligns the words of two English sentences as METEOR 1.5 does (Denkowski and Lavie, WMT 2014), without its
/// paraphrases: words match when they are equal, when their stems are (Snowball, English), or when they share a synonym
/// set of WordNet. Every word is in at most one match. Words that match in one way only are aligned; of the ways to
/// align the others the one with the most exact matches is taken, then with the fewest chunks, the most matches, and
/// the smallest sum of distances between the places of matched words, as a beam search finds it. So a stem or synonym
/// that could match in several ways is aligned only where it adds no chunk; this is not in the paper, but what the
/// program does. What is worked out of a word is kept, so that an aligner serves one thread.
class MeteorAligner {
 public:
  /// Throws Error when the WordNet database cannot be read from the folder.
  explicit MeteorAligner(const std::filesystem::path& wordnet);
  ~MeteorAligner();

  MeteorAlignment align(const Tokens& hypothesis, const Tokens& reference);

 private:
  class Lexicon;
  std::unique_ptr<Lexicon> lexicon_;
};

}  // namespace saccade::metrics
