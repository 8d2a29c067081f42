#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/fields.hpp"
#include "models/captioner.hpp"
#include "models/decoder/search_options.hpp"
#include "models/training/loss.hpp"
#include "models/training/lower_bound.hpp"
#include "models/training/noun_head.hpp"
#include "models/training/self_critical_options.hpp"

namespace saccade::models {

/// One stage of training. The stages follow each other, each from the best model of the one before.
struct StageOptions {
  int epochs = 0;                    ///< passes over the training images; 0 leaves the stage out
  double learning_rate = 0;          ///< peak rate of the decoder
  double encoder_learning_rate = 0;  ///< peak learning rate of the unfrozen encoder stages; 0 keeps the encoder frozen

  /// `prefix` comes before the names, `where` before the full stops.
  void fields(Fields& f, const std::string& prefix, const std::string& where);
};

struct TrainerOptions {
  std::filesystem::path cache;   ///< folder of the feature cache
  std::filesystem::path output;  ///< the model; `OUTPUT.resume` and `OUTPUT.csv` are written beside it
  std::uint64_t seed = 1;
  int images_per_batch = 32;                ///< each with all its captions
  StageOptions frozen{8, 2e-3, 0};          ///< on cached features, with a frozen encoder
  StageOptions fine_tuning{0, 3e-4, 1e-4};  ///< on pictures varied at random, the encoder's last parts along
  StageOptions self_critical{0, 5e-5, 0};   ///< on the score of captions that the model draws, of such pictures
  SelfCriticalOptions critic;
  /// The dev score that chooses the best epoch, a mean over the data sets: CIDEr-D, or its sum with `named`
  /// (core/metrics/word_use.hpp), which also counts how much the captions say.
  std::string choose_by = "cider-d";
  int patience = 5;           ///< epochs without a better dev score after which a stage ends
  int unfrozen_stages = 4;    ///< last stages of the encoder that fine-tuning trains
  double word_dropout = 0.3;  ///< of the embedded words
  double dropout = 0.5;       ///< of the deep output's hidden layer
  LossOptions loss;
  NounHeadOptions nouns;
  std::shared_ptr<Captioner>
      teacher;  ///< of the same shape of encoder, and the same one unless that is unfrozen; for loss.teacher_share
  EstimatorOptions estimator;  ///< of the gradient, where attention is hard
  double soft_share = 0;   ///< share of a stage, from its beginning, in which hard attention sees the expectation only
  double temperature = 1;  ///< of alpha at a stage's beginning; falls to 1 by its middle
  double weight_decay = 0;
  double clip_norm = 5;      ///< of all gradients together; 0: they are not clipped
  double warm_up = 0.05;     ///< share of a stage in which the learning rate rises; then it falls on a cosine
  double averaging = 0.995;  ///< decay of the moving average of the weights, which is what is evaluated and saved
  Precision precision = Precision::kFloat32;
  SearchOptions search{3};  ///< of the dev captions after each epoch
  double save_minutes = 5;  ///< between writes of OUTPUT.resume

  /// All but the paths, the teacher and the precision: those are the caller's to choose. One `seed` is the
  /// training's and that of the dev captions.
  void fields(Fields& f);
};

}  // namespace saccade::models
