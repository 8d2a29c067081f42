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

/// What the model sees of some images.
struct SeenImages {
  torch::Tensor annotations;        ///< [n, L, D]
  std::vector<vision::Crop> crops;  ///< n, which part of each
  torch::Tensor hidden;             ///< [n, L] bool, cells of a block that is grayed; undefined: nothing is
  torch::Tensor occluded;           ///< [n, L, D], of the pictures without those cells, no gradients
  torch::Tensor taught;             ///< [n, L, D], what the teacher sees of them, no gradients; undefined: the same
};

/// Which images each step of an epoch takes, and what the model sees of them.
class Batches {
 public:
  /// `sets` must outlive this.
  Batches(Captioner& model, const TrainingSets& sets, int images_per_batch);

  /// Steps an epoch takes; the last may be of fewer images.
  std::int64_t steps() const;

  /// The order of an epoch's images, drawn with `seed`.
  void shuffle(std::uint64_t seed);

  /// The images that step number `step` of the epoch takes.
  std::vector<std::size_t> images(std::int64_t step) const;

  /// From now on annotations are looked up: features of two views, of which each image shows one at random.
  void use_cache(std::unique_ptr<FeatureCache> features) { features_ = std::move(features); }

  /// From now on annotations are encoded, from pictures varied at random; with gradients into the encoder or without.
  /// `occlude`: every picture is seen a second time, with a block of it grayed. `teacher`: encodes every picture too,
  /// and must live as long as that goes on; null: nobody does.
  void encode(bool gradients, bool occlude, Captioner* teacher);

  /// These images, their annotations on the model's device. Throws Error for one that cannot be read.
  SeenImages see(const std::vector<std::size_t>& images, std::uint64_t seed);

 private:
  SeenImages looked_up(const std::vector<std::size_t>& images, std::uint64_t seed) const;
  SeenImages encoded(const std::vector<std::size_t>& images, std::uint64_t seed);

  Captioner& model_;
  const TrainingSets& sets_;
  CaptionDataset dataset_;  // the training images of all sets
  std::size_t batch_;
  std::vector<std::size_t> order_;
  std::unique_ptr<FeatureCache> features_;  // none where annotations are encoded
  bool gradients_ = false, occlude_ = false;
  Captioner* teacher_ = nullptr;
};

}  // namespace saccade::models
