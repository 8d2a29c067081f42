#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/base/fields.hpp"
#include "core/text/caption.hpp"
#include "models/training/evaluation_log.hpp"

namespace saccade::app {

/// A web page that reports a training: curves, captions and maps of dev images after each epoch, settings and the
/// remaining time. It is self-contained and rewritten atomically after each epoch.
class TrainingPage {
 public:
  /// A stage and its maximum number of epochs.
  struct Stage {
    std::string name;
    int epochs = 0;
  };
  enum class State { kRunning, kStopped, kFinished };

  /// `settings`: all options with their values.
  TrainingPage(std::filesystem::path file, const Fields& settings, std::vector<Stage> stages);

  /// Adds the next example image.
  void add_image(const std::string& name, const cv::Mat& pixels);

  /// Writes the current results. Throws Error if the file cannot be written.
  void write(State state, const std::vector<models::Evaluation>& history, const std::vector<Caption>& examples);

  /// Writes the last results again in another state; nothing if there are none.
  void rewrite(State state);

 private:
  std::filesystem::path file_;
  std::string settings_, images_;  // as in the page
  std::vector<Stage> stages_;
  bool written_ = false;
  std::vector<models::Evaluation> history_;
  std::vector<Caption> examples_;
};

}  // namespace saccade::app
