#include "models/training/trainer_options.hpp"

#include <string>

namespace saccade::models {
namespace {

constexpr Range kEpochs{0, 10000};
constexpr Range kRate{0, 10};
constexpr Range kShare{0, 1};
constexpr Range kDropout{0, 0.95};

}  // namespace

void StageOptions::fields(Fields& f, const std::string& prefix, const std::string& where) {
  f(epochs, prefix + "epochs", kEpochs, "Passes over the training images " + where + ".", Affects::kResult);
  f(learning_rate, prefix + "learning-rate", kRate, "Peak learning rate of the decoder " + where + ".",
    Affects::kResult);
}

void TrainerOptions::fields(Fields& f) {
  f.section("Training");
  frozen.fields(f, "", "with the encoder frozen");
  fine_tuning.fields(f, "fine-tune-", "afterwards, on pictures varied at random");
  f(fine_tuning.encoder_learning_rate, "encoder-learning-rate", kRate,
    "Peak learning rate of the encoder there; 0 keeps it as it is.", Affects::kResult);
  f(thawed_stages, "thawed-stages", Range{1, 100}, "Parts of the backbone, from its end, that are fine-tuned.",
    Affects::kResult);
  f(patience, "patience", Range{1, 10000}, "Epochs without a better dev CIDEr-D that end a stage.", Affects::kResult);
  f(images_per_batch, "images-per-batch", Range{1, 4096}, "Images a step, each with all its captions.",
    Affects::kResult);
  f(word_dropout, "word-dropout", kDropout, "Dropout of the embedded words.", Affects::kResult);
  f(dropout, "dropout", kDropout, "Dropout of the deep output's hidden layer.", Affects::kResult);
  loss.fields(f);
  f(weight_decay, "weight-decay", kRate, "Decoupled weight decay, of matrices.", Affects::kResult);
  f(clip_norm, "clip-norm", Range{0, 1e6}, "Largest norm of all gradients together; larger ones are scaled down.",
    Affects::kResult);
  f(warm_up, "warm-up", kShare, "Share of a stage in which the learning rate rises; then it falls on a cosine.",
    Affects::kResult);
  f(averaging, "averaging", Range{0, 0.99999}, "Decay of the weights' moving average, which is what is kept.",
    Affects::kResult);
  f(seed, "seed", kSeeds, "Seed of all randomness.", Affects::kResult);
  f(save_minutes, "save-minutes", Range{0, 1e6}, "Minutes between writes of OUTPUT.resume.", Affects::kNothing);
  f.section("Self-critical training");
  self_critical.fields(f, "self-critical-", "at the end, on the score of captions that the model draws itself");
  f(self_critical.encoder_learning_rate, "self-critical-encoder-learning-rate", kRate,
    "Peak learning rate of the encoder there; 0 keeps it as it is.", Affects::kResult);
  critic.fields(f);
  f.section("Hard attention");
  estimator.fields(f);
  f(soft_share, "soft-share", kShare, "Share of a stage, from its beginning, that is trained as soft attention is.",
    Affects::kResult);
  f(temperature, "temperature", Range{0.01, 100},
    "Temperature of the attention weights at first; it falls to 1 by the middle of a stage.", Affects::kResult);
  f.section("Dev captions");
  search.fields(f);
}

}  // namespace saccade::models
