#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

/// A rectangle in fractions of the width and height of a photo, from the top left: left <= right, top <= bottom.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// The words first to last (inclusive) of a caption, and the entity that they name.
struct Phrase {
  std::size_t first = 0, last = 0;
  std::string entity;
  std::vector<std::string> types;  ///< "people", "clothing", ... from the file
};

/// A caption with annotated phrases.
struct AnnotatedCaption {
  std::vector<std::string> words;
  std::vector<Phrase> phrases;
};

/// A photo with captions and boxes of the entities that they name.
struct AnnotatedPhoto {
  std::string image;                              ///< file name, without a folder
  std::map<std::string, std::vector<Box>> boxes;  ///< by entity; empty if it is not visible
  std::vector<AnnotatedCaption> captions;
};

/// The photos of an entities file, in order.
class Entities {
 public:
  /// Reads an entities file (docs/design/grounding.md), plain or compressed with gzip. Throws Error with file and line
  /// if anything is malformed, a photo is repeated or has too many boxes or words, or the file has no photos.
  explicit Entities(const std::filesystem::path& file);

  const std::vector<AnnotatedPhoto>& photos() const { return photos_; }

  /// The photo with this file name in any folder, or null.
  const AnnotatedPhoto* find(const std::filesystem::path& image) const;

 private:
  std::vector<AnnotatedPhoto> photos_;
  std::unordered_map<std::string, std::size_t> place_;
};

/// Tokenizes a caption (core/text/tokenizer.hpp) and moves its phrases accordingly. Drops phrases without tokens.
AnnotatedCaption tokenize(const AnnotatedCaption& caption);

/// Maps the last word of each phrase with boxes, in lower case, to the boxes of all entities that it names in this
/// photo. Omits words with other characters than letters.
std::map<std::string, std::vector<Box>> boxes_by_word(const AnnotatedPhoto& photo);

}  // namespace saccade
