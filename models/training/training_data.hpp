#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/data/entities.hpp"

namespace saccade::models {

/// One of the data sets that a model is trained on.
struct TrainingSet {
  std::string name;                           ///< in logs and on the training page
  CaptionDataset training;                    ///< images to learn from, each with its file
  CaptionDataset dev;                         ///< images that help to choose the best epoch; may be empty
  std::shared_ptr<const Entities> boxes;      ///< of the training images, or null
  std::shared_ptr<const Entities> dev_boxes;  ///< of the dev images: maps are measured after every epoch; or null
  double weight = 1;                          ///< how often an epoch shows each training image, on average
};

using TrainingSets = std::vector<TrainingSet>;

/// The training images of all sets, one set after the other.
CaptionDataset training_images(const TrainingSets& sets);

/// The boxes of each of these images; null where a photo has none.
std::vector<const AnnotatedPhoto*> training_boxes(const TrainingSets& sets);

/// The order of an epoch: places in `training_images`. Each set contributes round(weight * size) images: every image
/// floor(weight) times, and some of them, drawn with `seed`, once more.
std::vector<std::size_t> epoch_order(const TrainingSets& sets, std::uint64_t seed);

/// How many images that is.
std::size_t epoch_size(const TrainingSets& sets);

/// The dev images whose captions are shown after every epoch: the first ones of each set, kExamples in all.
std::vector<CaptionDataset> example_images(const TrainingSets& sets);

}  // namespace saccade::models
