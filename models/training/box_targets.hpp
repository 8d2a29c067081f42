#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/data/entities.hpp"
#include "core/text/caption.hpp"
#include "core/text/vocabulary.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/training/loss.hpp"
#include "vision/input/augmentation.hpp"

namespace saccade::models {

/// Where the maps of training captions should lie: in the boxes of what their words name. A caption has boxes where the
/// same caption, word by word, is in the entities file; of a phrase with boxes the last word counts, the one that names
/// the thing.
class BoxTargets {
 public:
  /// `photos`: the annotations of each image of the dataset, null where there are none. `heads`: as in MapTargets.
  BoxTargets(const CaptionDataset& dataset, const std::vector<const AnnotatedPhoto*>& photos,
             const Vocabulary& vocabulary, const Grid& grid, int heads);

  /// Captions that were found, and words of them that have boxes.
  std::size_t captions() const { return captions_; }
  std::size_t words() const { return words_; }

  /// The targets of a batch of all captions of these images, in their order, each image seen as its crop says. Words
  /// whose boxes lie outside the crop have none.
  MapTargets of(const std::vector<std::size_t>& images, const std::vector<vision::Crop>& crops,
                const CaptionBatch& batch) const;

  /// The targets of a batch of captions that nobody annotated, of these images: a word of them names everything that
  /// some caption of the photo calls by it (`boxes_by_word`).
  MapTargets named(const std::vector<std::size_t>& images, const std::vector<vision::Crop>& crops,
                   const CaptionBatch& batch) const;

 private:
  struct BoxedWord {
    std::size_t place;       // in the caption
    std::vector<Box> boxes;  // of the thing
  };

  MapTargets targets(const std::vector<std::int64_t>& positions, const std::vector<float>& coverage,
                     torch::Device device) const;

  Grid grid_;
  int heads_;
  std::size_t captions_ = 0, words_ = 0;
  std::vector<std::vector<std::vector<BoxedWord>>> boxed_;       // of each caption of each image
  std::vector<std::map<std::int64_t, std::vector<Box>>> named_;  // of each image, by the word's number
};

}  // namespace saccade::models
