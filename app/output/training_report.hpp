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

/// Reports the progress of a training on stderr and on a page.
class TrainingReport {
 public:
  /// `images_per_batch`: see the training options.
  explicit TrainingReport(int images_per_batch) : images_per_batch_(images_per_batch) {}

  /// Prints the model and the number of images.
  void begin(const models::Captioner& model, std::size_t training, std::size_t dev, models::Precision precision);

  /// Also reports on this page.
  void show_on(TrainingPage page) { page_ = std::move(page); }

  /// Callbacks for the trainer, valid during the lifetime of this object.
  models::TrainingReports reports();

  void interrupted(const std::string& why);
  void end(const std::string& output);

 private:
  void show(const models::TrainingProgress& progress);

  int images_per_batch_;
  ProgressLine progress_;
  std::optional<TrainingPage> page_;
  bool looks_ = true;  // whether the model has attention
  std::string last_scores_;
};

}  // namespace saccade::app
