#pragma once

#include "core/base/fields.hpp"

namespace saccade::models {

struct SelfCriticalOptions {
  int samples = 5;           ///< K captions drawn of each image, 2 at least
  int words = 100;           ///< likeliest words of each step among which is drawn
  double bleu_weight = 0.5;  ///< of the sentence's BLEU-4 beside CIDEr-D in the reward
  double cross_entropy =
      0;  ///< weight of the cross-entropy of people's captions beside the reward (Paulus et al. 2018)

  bool cached = false;  ///< images are looked up in the feature cache; else augmented and encoded at every step

  void fields(Fields& f);
};

}  // namespace saccade::models
