#include "core/data/caption_sets.hpp"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/base/error.hpp"
#include "core/text/ptb_tokenizer.hpp"
#include "core/text/tokenizer.hpp"

namespace saccade {

namespace {

Tokens tokenize(const std::string& caption, Tokenization tokenization, const std::string& source,
                const std::string& id) {
  if (tokenization == Tokenization::kWhiteSpace) return split_tokens(caption);
  try {
    if (tokenization == Tokenization::kCharacters) return saccade::tokenize(caption, TokenUnit::kCharacters);
    return ptb_tokenize(caption);
  } catch (const Error& error) {
    throw Error("{}: image \"{}\": {}", source, id, error.what());
  }
}

}  // namespace

std::vector<ScoredItem> join(const HypothesisSet& hypotheses, const ReferenceSet& references,
                             const JoinOptions& options) {
  std::unordered_map<std::string_view, const ImageCaption*> caption_of;
  for (const ImageCaption& hypothesis : hypotheses.captions) {
    if (!caption_of.emplace(hypothesis.id, &hypothesis).second) {
      throw Error("{}: image \"{}\" has more than one caption", hypotheses.source, hypothesis.id);
    }
  }
  std::unordered_map<std::string_view, const ImageReferences*> references_of;
  for (const ImageReferences& image : references.images) {
    if (!references_of.emplace(image.id, &image).second) {
      throw Error("{}: image \"{}\" is there more than once", references.source, image.id);
    }
  }
  for (const ImageCaption& hypothesis : hypotheses.captions) {
    const auto found = references_of.find(hypothesis.id);
    if (found == references_of.end()) {
      throw Error("{}: image \"{}\" is not in {}", hypotheses.source, hypothesis.id, references.source);
    }
    if (found->second->captions.empty()) {
      throw Error("{}: image \"{}\" of {} has no reference", references.source, hypothesis.id, hypotheses.source);
    }
  }

  std::vector<ScoredItem> items;
  items.reserve(hypotheses.captions.size());
  std::size_t missing = 0;
  const ImageReferences* first_missing = nullptr;
  for (const ImageReferences& image : references.images) {
    const auto found = caption_of.find(image.id);
    if (found == caption_of.end()) {
      if (missing++ == 0) first_missing = &image;
      continue;
    }
    ScoredItem item;
    item.id = image.id;
    item.hypothesis = tokenize(found->second->caption, options.tokenization, hypotheses.source, image.id);
    for (const std::string& caption : image.captions) {
      item.references.push_back(tokenize(caption, options.tokenization, references.source, image.id));
    }
    items.push_back(std::move(item));
  }
  if (missing > 0 && !options.allow_missing) {
    throw Error("{}: {} of the {} images of {} have no caption; the first of them is \"{}\"", hypotheses.source,
                missing, references.images.size(), references.source, first_missing->id);
  }
  if (items.empty()) throw Error("{}: there is no caption to score", hypotheses.source);
  return items;
}

}  // namespace saccade
