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

/// One stage of training. Each stage starts from the best model of the previous one.
struct StageOptions {
  int epochs = 0;                    ///< passes over the training images; 0 skips the stage
  double learning_rate = 0;          ///< peak learning rate of the decoder
  double encoder_learning_rate = 0;  ///< peak learning rate of the unfrozen encoder stages; 0 keeps the encoder frozen

  /// `prefix`: prefix of the names; `where`: end of the help texts.
  void fields(Fields& f, const std::string& prefix, const std::string& where);
};

struct TrainerOptions {
  std::filesystem::path cache;   ///< feature cache folder
  std::filesystem::path output;  ///< model file; `OUTPUT.resume` and `OUTPUT.csv` go to the same folder
  std::uint64_t seed = 1;
  int images_per_batch = 32;                ///< each with all its captions
  StageOptions frozen{8, 2e-3, 0};          ///< on cached features, with a frozen encoder
  StageOptions fine_tuning{0, 3e-4, 1e-4};  ///< on augmented images, with the last encoder stages
  StageOptions self_critical{0, 5e-5, 0};   ///< on the score of sampled captions, with augmented images
  SelfCriticalOptions critic;
  /// The dev score that chooses the best epoch, a mean over the data sets: CIDEr-D, or its sum with `named`
  /// (core/metrics/word_use.hpp), which also counts how much the captions say.
  std::string choose_by = "cider-d";
  int patience = 5;           ///< epochs without a better dev score that end a stage
  int unfrozen_stages = 4;    ///< last stages of the encoder that fine-tuning trains
  double word_dropout = 0.3;  ///< dropout rate of word embeddings
  double dropout = 0.5;       ///< dropout rate of the hidden layer of the deep output
  LossOptions loss;
  NounHeadOptions nouns;
  std::shared_ptr<Captioner>
      teacher;                 ///< for loss.teacher_share; same encoder shape, and the same encoder unless unfrozen
  EstimatorOptions estimator;  ///< for hard attention
  double soft_share = 0;       ///< first share of a stage that trains with soft attention
  double temperature = 1;      ///< initial temperature of alpha; falls to 1 by the middle of a stage
  double weight_decay = 0;
  double clip_norm = 5;      ///< of all gradients together; 0: they are not clipped
  double warm_up = 0.05;     ///< share of a stage with increasing learning rate; cosine decay follows
  double averaging = 0.995;  ///< decay of the moving average of the weights, which is evaluated and saved
  Precision precision = Precision::kFloat32;
  SearchOptions search{3};  ///< decoding of the dev images
  double save_minutes = 5;  ///< interval of OUTPUT.resume

  /// All but the paths, the teacher and the precision: those are the caller's to choose. One `seed` is the
  /// training's and that of the dev captions.
  void fields(Fields& f);
};

}  // namespace saccade::models
