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

/// The training objective: the loss of the references or, with hard attention, of the lower bound.
class Objective {
 public:
  Objective(Captioner& model, const TrainingSets& sets, const TrainerOptions& options);

  /// Starts a new stage and resets the reward baselines.
  void begin_stage();

  /// Computes the loss of all captions of these images. `share`: finished share of the stage; `temperature`: of the
  /// attention weights.
  Loss loss(const std::vector<std::size_t>& images, const SeenImages& seen, double share, double temperature);

  /// The auxiliary head that is trained along; null without one.
  NounHead* nouns() const { return nouns_.get(); }

  /// The box targets, or null.
  const BoxTargets* boxes() const { return boxes_.get(); }

  /// The tensors that change during training, by name, not copied.
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
  std::vector<std::vector<std::vector<std::int64_t>>> captions_;  // vocabulary indices, per training image
  RewardBaseline baseline_;
  std::shared_ptr<NounHead> nouns_;          // null without an auxiliary loss
  std::unique_ptr<const BoxTargets> boxes_;  // null without boxes
};

}  // namespace saccade::models
