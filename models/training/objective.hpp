#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/types.h>

#include "models/captioner.hpp"
#include "models/training/batches.hpp"
#include "models/training/box_targets.hpp"
#include "models/training/loss.hpp"
#include "models/training/lower_bound.hpp"
#include "models/training/noun_head.hpp"
#include "models/training/trainer_options.hpp"
#include "models/training/training_data.hpp"
#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// What training minimizes: how ill the model says what people wrote, or the bound of it where attention is hard.
class Objective {
 public:
  Objective(Captioner& model, const TrainingSets& sets, const TrainerOptions& options);

  /// A new stage begins: what was learned of rewards in the one before is forgotten.
  void begin_stage();

  /// The loss of all captions of these images as they are seen. `share`: how much of the stage is done; `temperature`:
  /// of the attention weights.
  Loss loss(const std::vector<std::size_t>& images, const SeenImages& seen, double share, double temperature);

  /// The auxiliary head that is trained along; null without one.
  NounHead* nouns() const { return nouns_.get(); }

  /// Where the maps should lie; null where that is open.
  const BoxTargets* boxes() const { return boxes_.get(); }

  /// The tensors that change from step to step, by name; they are not copies.
  StateDict state() const;

 private:
  Loss decoder_loss(const std::vector<std::size_t>& images, const SeenImages& seen, double share, double temperature);
  CaptionBatch captions_of(const std::vector<std::size_t>& images) const;
  torch::Tensor drops_of(const SeenImages& seen, const CaptionBatch& batch) const;
  static torch::Tensor hidden_of(const SeenImages& seen, const CaptionBatch& batch);
  void add_occlusion(Loss& loss, const Unrolled& unrolled, const torch::Tensor& drops,
                     const torch::Tensor& hidden) const;
  torch::Tensor taught(const SeenImages& seen, const CaptionBatch& batch) const;

  Captioner& model_;
  const TrainerOptions& options_;
  std::vector<std::vector<std::vector<std::int64_t>>> captions_;  // of each training image, as numbers of words
  RewardBaseline baseline_;
  std::shared_ptr<NounHead> nouns_;          // none where nothing but the decoder is trained on top
  std::unique_ptr<const BoxTargets> boxes_;  // none where the maps may lie anywhere
};

}  // namespace saccade::models
