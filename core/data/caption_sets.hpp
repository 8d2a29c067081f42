#pragma once

#include <string>
#include <vector>

#include "core/data/scored_item.hpp"

namespace saccade::metrics {

/// One caption made for an image.
struct ImageCaption {
  std::string id;
  std::string caption;
};

/// The captions that people wrote for an image.
struct ImageReferences {
  std::string id;
  std::vector<std::string> captions;
  std::string file{};  ///< the image's name, where it is told
};

/// Captions to score, and where they come from, for messages.
struct HypothesisSet {
  std::string source;
  std::vector<ImageCaption> captions;
};

/// References to score against, and where they come from, for messages.
struct ReferenceSet {
  std::string source;
  std::vector<ImageReferences> images;
};

/// How a caption becomes words.
enum class Tokenization {
  kPtb,         ///< as ptb_tokenize does: for captions as people write them
  kCharacters,  ///< as tokenize() does into characters: for scripts without spaces
  kWhiteSpace,  ///< as split_tokens does: for text that is in tokens already
};

struct JoinOptions {
  Tokenization tokenization = Tokenization::kPtb;
  bool allow_missing = false;  ///< leave out images that have references but no hypothesis, instead of throwing
};

/// What the metrics score, in the order of the references. Throws Error that names source and id when an image is in a
/// set twice, when a hypothesis has no reference, when an image has no hypothesis, and when nothing is left to score.
std::vector<ScoredItem> join(const HypothesisSet& hypotheses, const ReferenceSet& references,
                             const JoinOptions& options = {});

}  // namespace saccade::metrics
