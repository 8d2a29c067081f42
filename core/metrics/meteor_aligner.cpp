#include "core/metrics/meteor_aligner.hpp"

#include <algorithm>
#include <cstdint>
#include <libstemmer.h>
#include <unordered_map>
#include <utility>

#include "core/base/error.hpp"
#include "core/text/wordnet.hpp"

namespace saccade::metrics {

namespace {

constexpr std::size_t kBeam = 40;

struct Word {
  std::string stem;
  std::vector<std::uint32_t> synonym_sets;
};

bool share(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) return true;
    if (*i < *j) {
      ++i;
    } else {
      ++j;
    }
  }
  return false;
}

/// A way in which a word of the reference matches one of the hypothesis.
struct Candidate {
  std::size_t hypothesis;
  MeteorStage stage;
};

/// An alignment of the first words of the reference.
struct Partial {
  MeteorAlignment alignment;  // matches by place in the reference
  std::size_t exact = 0;
  std::size_t distance = 0;
  std::vector<bool> used;  // words of the hypothesis

  void add(const MeteorMatch& match) {
    const std::vector<MeteorMatch>& matches = alignment.matches;
    const bool continues = !matches.empty() && matches.back().hypothesis + 1 == match.hypothesis &&
                           matches.back().reference + 1 == match.reference;
    if (!continues) ++alignment.chunks;
    if (match.stage == MeteorStage::kExact) ++exact;
    distance +=
        match.hypothesis > match.reference ? match.hypothesis - match.reference : match.reference - match.hypothesis;
    used[match.hypothesis] = true;
    alignment.matches.push_back(match);
  }

  /// Whether this alignment is the better one.
  bool operator<(const Partial& other) const {
    if (exact != other.exact) return exact > other.exact;
    if (alignment.chunks != other.alignment.chunks) return alignment.chunks < other.alignment.chunks;
    const std::size_t matches = alignment.matches.size();
    const std::size_t other_matches = other.alignment.matches.size();
    return matches != other_matches ? matches > other_matches : distance < other.distance;
  }
};

}  // namespace

/// Words with what they are compared by.
class MeteorAligner::Lexicon {
 public:
  explicit Lexicon(const std::filesystem::path& folder)
      : wordnet_(folder), stemmer_(sb_stemmer_new("english", "UTF_8")) {
    if (stemmer_ == nullptr) throw Error("the Snowball library has no stemmer for English");
  }
  ~Lexicon() { sb_stemmer_delete(stemmer_); }
  Lexicon(const Lexicon&) = delete;
  Lexicon& operator=(const Lexicon&) = delete;

  const Word& word(const std::string& text) {
    const auto [place, fresh] = words_.try_emplace(text);
    if (fresh) place->second = {stem(text), wordnet_.synonym_sets(text)};
    return place->second;
  }

 private:
  std::string stem(const std::string& text) const {
    const auto* bytes = reinterpret_cast<const sb_symbol*>(text.data());
    const sb_symbol* result = sb_stemmer_stem(stemmer_, bytes, static_cast<int>(text.size()));
    if (result == nullptr) throw Error("out of memory while stemming \"{}\"", text);
    return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(sb_stemmer_length(stemmer_))};
  }

  WordNet wordnet_;
  sb_stemmer* stemmer_;
  std::unordered_map<std::string, Word> words_;
};

MeteorAligner::MeteorAligner(const std::filesystem::path& wordnet) : lexicon_(std::make_unique<Lexicon>(wordnet)) {}
MeteorAligner::~MeteorAligner() = default;

MeteorAlignment MeteorAligner::align(const Tokens& hypothesis, const Tokens& reference) {
  std::vector<const Word*> hypothesis_words;
  for (const std::string& word : hypothesis) hypothesis_words.push_back(&lexicon_->word(word));

  std::vector<std::vector<Candidate>> candidates(reference.size());
  std::vector<std::size_t> ways(hypothesis.size(), 0);  // of matching each word of the hypothesis
  for (std::size_t j = 0; j < reference.size(); ++j) {
    const Word& word = lexicon_->word(reference[j]);
    for (std::size_t i = 0; i < hypothesis.size(); ++i) {
      const std::size_t before = candidates[j].size();
      if (hypothesis[i] == reference[j]) {
        candidates[j].push_back({i, MeteorStage::kExact});
      } else {
        if (word.stem == hypothesis_words[i]->stem) candidates[j].push_back({i, MeteorStage::kStem});
        if (share(word.synonym_sets, hypothesis_words[i]->synonym_sets)) {
          candidates[j].push_back({i, MeteorStage::kSynonym});
        }
      }
      ways[i] += candidates[j].size() - before;
    }
  }

  Partial start;
  start.used.resize(hypothesis.size(), false);
  const auto only_way = [&](std::size_t j) {
    return candidates[j].size() == 1 && ways[candidates[j].front().hypothesis] == 1;
  };
  std::vector<Partial> beam = {start};
  for (std::size_t j = 0; j < reference.size(); ++j) {
    if (candidates[j].empty()) continue;
    if (only_way(j)) {
      for (Partial& partial : beam) partial.add({candidates[j].front().hypothesis, j, candidates[j].front().stage});
      continue;
    }
    std::vector<Partial> next;
    for (const Partial& partial : beam) {
      for (const Candidate& candidate : candidates[j]) {
        if (partial.used[candidate.hypothesis]) continue;
        next.push_back(partial);
        next.back().add({candidate.hypothesis, j, candidate.stage});
      }
      next.push_back(partial);  // the word left unmatched
    }
    std::stable_sort(next.begin(), next.end());
    if (next.size() > kBeam) next.resize(kBeam);
    beam = std::move(next);
  }
  // Alignments of a step that all took are not in order any more.
  MeteorAlignment best = std::min_element(beam.begin(), beam.end())->alignment;
  std::sort(best.matches.begin(), best.matches.end(),
            [](const MeteorMatch& a, const MeteorMatch& b) { return a.hypothesis < b.hypothesis; });
  return best;
}

}  // namespace saccade::metrics
