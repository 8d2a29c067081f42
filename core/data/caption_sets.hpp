#pragma once

#include <string>
#include <vector>

#include "core/data/scored_item.hpp"

namespace saccade {

/// One generated caption.
struct ImageCaption {
  std::string id;
  std::string caption;
};

/// The reference captions of an image.
struct ImageReferences {
  std::string id;
  std::vector<std::string> captions;
  std::string file{};  ///< name of the image, if the file has it
};

/// Captions to score, and their source for messages.
struct HypothesisSet {
  std::string source;
  std::vector<ImageCaption> captions;
};

/// References, and their source for messages.
struct ReferenceSet {
  std::string source;
  std::vector<ImageReferences> images;
};

/// How captions are split into tokens.
enum class Tokenization {
  kPtb,         ///< ptb_tokenize: ordinary text
  kCharacters,  ///< tokenize() into characters: scripts without spaces
  kWhiteSpace,  ///< split_tokens: text that is already tokenized
};

struct JoinOptions {
  Tokenization tokenization = Tokenization::kPtb;
  bool allow_missing = false;  ///< leave out images that have references but no hypothesis, instead of throwing
};

/// Joins hypotheses and references by image, in the order of the references. Throws Error with source and id if a set
/// has an image twice, a hypothesis has no references, an image has no hypothesis, or the result is empty.
std::vector<ScoredItem> join(const HypothesisSet& hypotheses, const ReferenceSet& references,
                             const JoinOptions& options = {});

}  // namespace saccade
