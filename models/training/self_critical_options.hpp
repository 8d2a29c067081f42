#pragma once

#include "core/base/fields.hpp"

namespace saccade::models {

struct SelfCriticalOptions {
  int samples = 5;           ///< K, sampled captions per image, at least 2
  int words = 100;           ///< most probable words per step to sample from
  double bleu_weight = 0.5;  ///< weight of sentence BLEU-4 relative to CIDEr-D in the reward
  double named_weight = 0;   ///< weight of the F1 score of content words relative to CIDEr-D in the reward
  /// Weight of the cross-entropy of people's captions beside the reward (Paulus et al. 2018).
  double cross_entropy = 0;
  bool cached = false;  ///< read the feature cache instead of encoding augmented images

  void fields(Fields& f);
};

}  // namespace saccade::models
