#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "models/captioner.hpp"
#include "models/training/evaluation_log.hpp"
#include "models/training/trainer_options.hpp"
#include "models/training/training_data.hpp"

namespace saccade::models {

/// Where a running stage stands.
struct TrainingProgress {
  std::string stage;  ///< "frozen", "fine-tuning" or "self-critical"
  int epoch = 0;      ///< from 1
  int epochs = 0;
  std::int64_t step = 0;  ///< within the epoch
  std::int64_t steps = 0;
  double loss = 0;  ///< mean of the epoch so far
  double images_per_second = 0;
};

/// What a training tells while it runs. Any may be empty.
struct TrainingReports {
  std::function<void(const char* what, std::size_t done, std::size_t all)> caching;
  std::function<void(const TrainingProgress&)> step;
  /// All evaluations so far, those before a resumption too; and the last one's captions of the example images.
  std::function<void(const std::vector<Evaluation>& history, const std::vector<Caption>& examples)> evaluation;
  std::function<void(const std::string&)> note;
  /// Asked after every step and every few pictures: whether the training shall save what it has and end.
  std::function<bool()> interrupted;
};

/// A training that ended because it was asked to; the message says how to go on.
class TrainingInterrupted : public Error {
 public:
  using Error::Error;
};

/// Trains `model` on several data sets at once and leaves the best version of it, by the dev score that
/// options.choose_by names, at options.output. When OUTPUT.resume is there,
/// the training that wrote it goes on from there, to the same result as if it had never stopped; it is removed at the
/// end. An OUTPUT without OUTPUT.resume is therefore finished. Throws TrainingInterrupted when the reports say so, and
/// Error when an image cannot be read, a file cannot be written, or the resume file is of another training:
/// then it says what was another (models/training/signature.hpp).
std::vector<Evaluation> train(Captioner& model, const TrainingSets& sets, const TrainerOptions& options,
                              const TrainingReports& reports);

}  // namespace saccade::models
