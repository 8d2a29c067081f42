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
  f(epochs, prefix + "epochs", kEpochs, "Train for N epochs " + where + ".", Affects::kResult);
  f(learning_rate, prefix + "learning-rate", kRate, "Set the peak learning rate of the decoder " + where + ".",
    Affects::kResult);
}

void TrainerOptions::fields(Fields& f) {
  f.section("Training");
  frozen.fields(f, "", "in the frozen stage");
  fine_tuning.fields(f, "fine-tune-", "in the fine-tuning stage");
  f(fine_tuning.encoder_learning_rate, "encoder-learning-rate", kRate,
    "Set the peak learning rate of the encoder in the fine-tuning stage; 0 freezes the encoder.", Affects::kResult);
  f(unfrozen_stages, "unfrozen-stages", Range{1, 100}, "Fine-tune the last N stages of the encoder.", Affects::kResult);
  f(patience, "patience", Range{1, 10000}, "End a training stage after N epochs without a better dev score.",
    Affects::kResult);
  f(choose_by, "choose-by", {"cider-d", "cider-d+named"},
    "Choose the best epoch by this dev score, averaged over the data sets: CIDEr-D, or the sum of CIDEr-D and the "
    "share "
    "of people's words that the captions name.",
    Affects::kResult);
  f(images_per_batch, "images-per-batch", Range{1, 4096},
    "Set the number of images per batch. A batch contains all captions of its images.", Affects::kResult);
  f(word_dropout, "word-dropout", kDropout, "Set the dropout rate of the word embeddings.", Affects::kResult);
  f(dropout, "dropout", kDropout, "Set the dropout rate of the hidden layer of the deep output.", Affects::kResult);
  loss.fields(f);
  nouns.fields(f);
  f(weight_decay, "weight-decay", kRate, "Set the decoupled weight decay of matrices.", Affects::kResult);
  f(clip_norm, "clip-norm", Range{0, 1e6},
    "Scale down the gradient if its norm over all parameters exceeds X; 0 disables it.", Affects::kResult);
  f(warm_up, "warm-up", kShare, "Increase the learning rate over this share of a stage; a cosine decay follows.",
    Affects::kResult);
  f(averaging, "averaging", Range{0, 0.99999},
    "Set the decay of the moving average of the weights, which is the model that is saved.", Affects::kResult);
  f(seed, "seed", kSeeds, "Set the random seed.", Affects::kResult);
  f(save_minutes, "save-minutes", Range{0, 1e6}, "Write OUTPUT.resume every X minutes.", Affects::kNothing);
  f.section("Self-critical training");
  self_critical.fields(f, "self-critical-", "in the self-critical stage");
  f(self_critical.encoder_learning_rate, "self-critical-encoder-learning-rate", kRate,
    "Set the peak learning rate of the encoder in the self-critical stage; 0 freezes the encoder.", Affects::kResult);
  critic.fields(f);
  f.section("Hard attention");
  estimator.fields(f);
  f(soft_share, "soft-share", kShare, "Train this first share of a stage with soft attention.", Affects::kResult);
  f(temperature, "temperature", Range{0.01, 100},
    "Set the initial temperature of the attention weights. It falls to 1 by the middle of a stage.", Affects::kResult);
  f.section("Dev captions");
  search.fields(f);
}

}  // namespace saccade::models
