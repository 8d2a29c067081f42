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

/// The progress of a stage.
struct TrainingProgress {
  std::string stage;  ///< "frozen", "fine-tuning" or "self-critical"
  int epoch = 0;      ///< one-based
  int epochs = 0;
  std::int64_t step = 0;  ///< within the epoch
  std::int64_t steps = 0;
  double loss = 0;  ///< mean of the current epoch
  double images_per_second = 0;
};

/// Callbacks of a training. Any may be empty.
struct TrainingReports {
  std::function<void(const char* what, std::size_t done, std::size_t all)> caching;
  std::function<void(const TrainingProgress&)> step;
  /// All evaluations so far, including those before a resume, and the last captions of the example images.
  std::function<void(const std::vector<Evaluation>& history, const std::vector<Caption>& examples)> evaluation;
  std::function<void(const std::string&)> note;
  /// Called after every step and every few images: whether to save the state and stop.
  std::function<bool()> interrupted;
};

/// A training that was interrupted on request; the message says how to continue.
class TrainingInterrupted : public Error {
 public:
  using Error::Error;
};

/// Trains `model` on several data sets at once and saves the version with the best dev score
/// (TrainerOptions::choose_by) at options.output. Resumes from OUTPUT.resume if it exists, with the same result as an
/// uninterrupted training, and removes it at the end; an OUTPUT without OUTPUT.resume is finished. Throws
/// TrainingInterrupted on request, and Error if an image cannot be read, a file cannot be written, or the resume file
/// belongs to another training (with the difference, see models/training/signature.hpp).
std::vector<Evaluation> train(Captioner& model, const TrainingSets& sets, const TrainerOptions& options,
                              const TrainingReports& reports);

}  // namespace saccade::models
