#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "app/output/progress.hpp"
#include "app/output/training_page.hpp"
#include "models/captioner.hpp"
#include "models/training/trainer.hpp"

namespace saccade::app {

/// Tells on stderr and on a page how a training stands.
class TrainingReport {
 public:
  /// `images_per_batch`: as the training's options say.
  explicit TrainingReport(int images_per_batch) : images_per_batch_(images_per_batch) {}

  /// What is about to be trained on how many images.
  void begin(const models::Captioner& model, std::size_t training, std::size_t dev, models::Precision precision);

  /// Shows it on this page too.
  void show_on(TrainingPage page) { page_ = std::move(page); }

  /// What the trainer calls; it must not outlive this.
  models::TrainingReports reports();

  void interrupted(const std::string& why);
  void end(const std::string& output);

 private:
  void show(const models::TrainingProgress& progress);

  int images_per_batch_;
  ProgressLine progress_;
  std::optional<TrainingPage> page_;
  bool looks_ = true;  // the model has attention
  std::string last_scores_;
};

}  // namespace saccade::app
