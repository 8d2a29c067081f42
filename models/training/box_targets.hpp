#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/grid.hpp"
#include "core/data/dataset.hpp"
#include "core/data/entities.hpp"
#include "core/text/vocabulary.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/training/loss.hpp"
#include "vision/input/augmentation.hpp"

namespace saccade::models {

/// Targets for the maps of training captions: the boxes of the objects that words name. A caption has boxes if the
/// boxes file contains it word by word. The last word of a phrase counts, which names the object.
class BoxTargets {
 public:
  /// `photos`: the annotations of each image of the dataset, null where there are none. `heads`: as in MapTargets.
  BoxTargets(const CaptionDataset& dataset, const std::vector<const AnnotatedPhoto*>& photos,
             const Vocabulary& vocabulary, const Grid& grid, int heads);

  /// Number of captions found, and of their words with boxes.
  std::size_t captions() const { return captions_; }
  std::size_t words() const { return words_; }

  /// Targets for all captions of these images, in order, for the crop of each image. Words without visible boxes have
  /// none.
  MapTargets of(const std::vector<std::size_t>& images, const std::vector<vision::Crop>& crops,
                const CaptionBatch& batch) const;

  /// Targets for other captions of these images: a word names everything that some reference of the photo calls by it
  /// (`boxes_by_word`).
  MapTargets named(const std::vector<std::size_t>& images, const std::vector<vision::Crop>& crops,
                   const CaptionBatch& batch) const;

 private:
  struct BoxedWord {
    std::size_t place;       // word index
    std::vector<Box> boxes;  // boxes of the object
  };

  MapTargets targets(const std::vector<std::int64_t>& positions, const std::vector<float>& coverage,
                     torch::Device device) const;

  Grid grid_;
  int heads_;
  std::size_t captions_ = 0, words_ = 0;
  std::vector<std::vector<std::vector<BoxedWord>>> boxed_;       // per image and caption
  std::vector<std::map<std::int64_t, std::vector<Box>>> named_;  // per image, by word index
};

}  // namespace saccade::models
