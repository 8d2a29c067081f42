#include "app/output/training_page.hpp"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/output/page_data.hpp"
#include "app/output/page_template.hpp"
#include "core/base/atomic_file.hpp"
#include "core/text/printable.hpp"

namespace saccade::app {
namespace {

using nlohmann::json;

constexpr double kLongestSide = 480;

json settings_of(const Fields& fields) {
  json list = json::array();
  for (const Field& field : fields.all()) {
    list.push_back({{"section", field.section}, {"name", field.name}, {"value", printable(field.text())}});
  }
  return list;
}

/// Seconds since 1970.
double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

const char* name_of(TrainingPage::State state) {
  switch (state) {
    case TrainingPage::State::kRunning:
      return "running";
    case TrainingPage::State::kStopped:
      return "stopped";
    default:
      return "finished";
  }
}

}  // namespace

TrainingPage::TrainingPage(std::filesystem::path file, const Fields& settings, std::vector<Stage> stages)
    : file_(std::move(file)), settings_(page_data("settings", settings_of(settings))), stages_(std::move(stages)) {}

void TrainingPage::add_image(const std::string& name, const cv::Mat& pixels) {
  images_ += page_data("photo", {{"name", printable(name)}, {"image", page_picture(pixels, kLongestSide)}});
}

void TrainingPage::write(State state, const std::vector<models::Evaluation>& history,
                         const std::vector<Caption>& examples) {
  json stages = json::array(), captions = json::array();
  for (const auto& stage : stages_) stages.push_back({{"name", stage.name}, {"epochs", stage.epochs}});
  for (const auto& example : examples) captions.push_back(page_caption("", example));
  const json training{{"name", printable(file_.stem().string())},
                      {"state", name_of(state)},
                      {"written", now()},
                      {"stages", stages},
                      {"history", history},
                      {"captions", captions}};
  const auto [begin, end] = page_template("training.html");
  write_file(file_, begin + settings_ + images_ + page_data("training", training) + end);
  written_ = true;
  history_ = history;
  examples_ = examples;
}

void TrainingPage::rewrite(State state) {
  if (written_) write(state, std::exchange(history_, {}), std::exchange(examples_, {}));
}

}  // namespace saccade::app
