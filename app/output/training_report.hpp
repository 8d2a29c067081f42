#pragma once

#include <cstddef>
#include <string>

#include "app/output/progress.hpp"
#include "models/captioner.hpp"
#include "models/training/trainer.hpp"

namespace saccade::app {

/// Tells on stderr how a training stands.
class TrainingReport {
 public:
  /// `images_per_batch`: as the training's options say.
  explicit TrainingReport(int images_per_batch) : images_per_batch_(images_per_batch) {}

  /// What is about to be trained on how many images.
  void begin(const models::Captioner& model, std::size_t training, std::size_t dev, models::Precision precision);

  /// What the trainer calls; it must not outlive this.
  models::TrainingReports reports();

  void print(const std::string& line) { progress_.print(line); }

  void end(const std::string& output) { progress_.print("the best model is " + output); }

 private:
  void show(const models::TrainingProgress& progress);

  int images_per_batch_;
  ProgressLine progress_;
  bool looks_ = true;  // the model has attention
  std::string last_scores_;
};

}  // namespace saccade::app
