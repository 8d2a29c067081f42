#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

/// A rectangle of a photo, as fractions of its width and height from the top left: left <= right, top <= bottom.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// The words first ... last (both included) of a caption, and the thing of the photo that they name.
struct Phrase {
  std::size_t first = 0, last = 0;
  std::string entity;
  std::vector<std::string> types;  ///< "people", "clothing", ..., as the file says
};

/// A caption whose phrases are known.
struct AnnotatedCaption {
  std::vector<std::string> words;
  std::vector<Phrase> phrases;
};

/// A photo with captions and with boxes around the things that they name.
struct AnnotatedPhoto {
  std::string image;                              ///< file name, without a folder
  std::map<std::string, std::vector<Box>> boxes;  ///< by entity; one that is not to be seen has none
  std::vector<AnnotatedCaption> captions;
};

/// All photos of an entities file, in its order.
class Entities {
 public:
  /// Reads such a file (docs/design/grounding.md), plain or compressed with gzip. Throws Error naming file and line on
  /// anything malformed, on a photo that occurs twice, on more boxes or words than a photo can have, and when there is
  /// no photo at all.
  explicit Entities(const std::filesystem::path& file);

  const std::vector<AnnotatedPhoto>& photos() const { return photos_; }

  /// The photo of this file name, in whatever folder; null when there is none.
  const AnnotatedPhoto* find(const std::filesystem::path& image) const;

 private:
  std::vector<AnnotatedPhoto> photos_;
  std::unordered_map<std::string, std::size_t> place_;
};

/// The caption in the words that a model speaks (core/text/tokenizer.hpp), its phrases moved along. A phrase of which
/// no word is left is dropped.
AnnotatedCaption tokenize(const AnnotatedCaption& caption);

/// What the photo's captions call by which word: the last word of each phrase that has boxes, in lower case, and the
/// boxes of all entities that it names there. Words that are not of letters alone are left out.
std::map<std::string, std::vector<Box>> boxes_by_word(const AnnotatedPhoto& photo);

}  // namespace saccade
