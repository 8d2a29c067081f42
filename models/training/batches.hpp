#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/types.h>

#include "core/data/dataset.hpp"
#include "models/captioner.hpp"
#include "models/training/feature_cache.hpp"
#include "models/training/training_data.hpp"
#include "vision/input/augmentation.hpp"

namespace saccade::models {

/// Annotations of some images as the model sees them.
struct SeenImages {
  torch::Tensor annotations;        ///< [n, L, D]
  std::vector<vision::Crop> crops;  ///< n, the visible part of each
  torch::Tensor hidden;             ///< [n, L] bool, hidden cells; undefined: none
  torch::Tensor occluded;           ///< [n, L, D], annotations with hidden cells, no gradients
  torch::Tensor taught;             ///< [n, L, D], annotations of the teacher, no gradients; undefined: the same
};

/// Selects the images of each step and provides their annotations.
class Batches {
 public:
  /// `sets` must outlive this.
  Batches(Captioner& model, const TrainingSets& sets, int images_per_batch);

  /// Steps per epoch; the last may have fewer images.
  std::int64_t steps() const;

  /// Shuffles the images of an epoch.
  void shuffle(std::uint64_t seed);

  /// The images of step `step` of the epoch.
  std::vector<std::size_t> images(std::int64_t step) const;

  /// Reads annotations from a cache with two views per image, one of which is chosen at random.
  void use_cache(std::unique_ptr<FeatureCache> features) { features_ = std::move(features); }

  /// Encodes augmented images, with gradients into the encoder or without. `occlude`: also encode each image with a
  /// hidden block. `teacher`: also encodes each image and must stay alive; or null.
  void encode(bool gradients, bool occlude, Captioner* teacher);

  /// Returns the images with annotations on the device of the model. Throws Error if an image cannot be read.
  SeenImages see(const std::vector<std::size_t>& images, std::uint64_t seed);

 private:
  SeenImages looked_up(const std::vector<std::size_t>& images, std::uint64_t seed) const;
  SeenImages encoded(const std::vector<std::size_t>& images, std::uint64_t seed);

  Captioner& model_;
  const TrainingSets& sets_;
  CaptionDataset dataset_;  // the training images of all sets
  std::size_t batch_;
  std::vector<std::size_t> order_;
  std::unique_ptr<FeatureCache> features_;  // null: encode the images
  bool gradients_ = false, occlude_ = false;
  Captioner* teacher_ = nullptr;
};

}  // namespace saccade::models
