#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/base/fields.hpp"
#include "core/text/caption.hpp"
#include "models/training/evaluation_log.hpp"

namespace saccade::app {

/// A page for a browser that shows how a training goes: its curves, what the model says of the same few dev images
/// after every epoch and where it looks now, its settings, and when the stage will end. The file is written anew after
/// every epoch, whole or not at all, and needs no other.
class TrainingPage {
 public:
  /// A stage and how many epochs it may have.
  struct Stage {
    std::string name;
    int epochs = 0;
  };
  enum class State { kRunning, kStopped, kFinished };

  /// `settings`: all options with their values.
  TrainingPage(std::filesystem::path file, const Fields& settings, std::vector<Stage> stages);

  /// The next of the images that the examples are captions of.
  void add_image(const std::string& name, const cv::Mat& pixels);

  /// What has been measured so far. Throws Error when the file cannot be written.
  void write(State state, const std::vector<models::Evaluation>& history, const std::vector<Caption>& examples);

  /// The same as was written last, in another state; nothing where this has not written yet.
  void rewrite(State state);

 private:
  std::filesystem::path file_;
  std::string settings_, images_;  // as they stand in the page
  std::vector<Stage> stages_;
  bool written_ = false;
  std::vector<models::Evaluation> history_;
  std::vector<Caption> examples_;
};

}  // namespace saccade::app
