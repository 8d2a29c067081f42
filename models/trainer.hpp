#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/metrics/bleu.hpp"
#include "models/captioner.hpp"
#include "models/loss.hpp"

namespace saccade::models {

/// One stage of training: with the encoder frozen, or fine-tuned along.
struct StageOptions {
  int epochs = 0;                  ///< passes over the training images; 0 leaves the stage out
  double learning_rate = 0;        ///< peak rate of the decoder
  double encoder_learning_rate = 0;
  int patience = 0;                ///< epochs without a better dev score after which the stage ends
};

struct TrainerOptions {
  std::filesystem::path images;  ///< folder of the images
  std::filesystem::path cache;   ///< folder of the feature cache
  std::filesystem::path output;  ///< the model; `OUTPUT.resume` and `OUTPUT.csv` are written beside it
  std::uint64_t seed = 1;
  int images_per_batch = 16;     ///< each with all its captions
  StageOptions frozen{20, 1e-3, 0, 5};
  StageOptions fine_tuning{0, 2e-4, 1e-4, 5};
  int thawed_stages = 4;         ///< parts of the backbone, from its end, that fine-tuning changes
  double dropout = 0.5;
  LossOptions loss;
  double weight_decay = 0;
  double clip_norm = 5;          ///< of all gradients together
  double warm_up = 0.05;         ///< share of a stage in which the learning rate rises; then it falls on a cosine
  double averaging = 0.999;      ///< decay of the moving average of the weights, which is what is evaluated and saved
  Precision precision = Precision::kFloat32;
  SearchOptions search{3};       ///< of the dev captions after each epoch
  double save_minutes = 5;       ///< between writes of OUTPUT.resume
};

/// A look at the model on the dev images, made after every epoch from captions that it generates by itself.
struct Evaluation {
  std::string stage;  ///< "frozen" or "fine-tuning"
  int epoch = 0;      ///< from 1, within the stage
  double loss = 0;    ///< mean over the epoch, what is minimised
  double cross_entropy = 0;  ///< mean over the epoch, nats a word
  metrics::BleuScore bleu{};
  double cider_d = 0;
  double seconds = 0;  ///< that the epoch took, the evaluation included
  bool best = false;   ///< the best dev BLEU-4 so far: this is the model saved
};

/// Where a running stage stands.
struct TrainingProgress {
  std::string stage;
  int epoch = 0;
  int epochs = 0;
  std::int64_t step = 0;  ///< within the epoch
  std::int64_t steps = 0;
  double loss = 0;            ///< mean of the epoch so far
  double images_per_second = 0;
};

/// What a training tells while it runs. Any may be empty.
struct TrainingReports {
  std::function<void(const char* what, std::size_t done, std::size_t all)> caching;
  std::function<void(const TrainingProgress&)> step;
  std::function<void(const Evaluation&)> evaluation;
  std::function<void(const std::string&)> note;
};

/// Trains `model` and leaves the best version of it, by dev BLEU-4, at options.output. When OUTPUT.resume is there, the
/// training that wrote it goes on from there, to the same result as if it had never stopped; it is removed at the end.
/// Throws Error when an image cannot be read, a file cannot be written, or the resume file is of another training.
std::vector<Evaluation> train(Captioner& model, const CaptionDataset& training, const CaptionDataset& dev,
                              const TrainerOptions& options, const TrainingReports& reports);

}  // namespace saccade::models
