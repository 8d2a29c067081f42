#include "app/output/training_report.hpp"

#include <cstdint>

#include <fmt/format.h>

namespace saccade::app {
namespace {

std::string line_of(const models::Evaluation& e, bool looks) {
  return fmt::format("{} epoch {}: loss {:.3f}, dev BLEU-1..4 {:.1f} {:.1f} {:.1f} {:.2f}, CIDEr-D {:.3f}, {}{}{}{}",
                     e.stage, e.epoch, e.loss, 100 * e.bleu[0], 100 * e.bleu[1], 100 * e.bleu[2], 100 * e.bleu[3],
                     e.cider_d, looks ? fmt::format("entropy {:.2f}, ", e.entropy) : "",
                     e.grounded == 0 ? "" : fmt::format("pointing {:.3f}, ", e.pointing), duration(e.seconds),
                     e.best ? "  (best)" : "");
}

}  // namespace

void TrainingReport::begin(const models::Captioner& model, std::size_t training, std::size_t dev,
                           models::Precision precision) {
  looks_ = model.decoder->maps().maps() > 0;
  std::int64_t parameters = 0;
  for (const auto& parameter : model.decoder->parameters()) parameters += parameter.numel();
  progress_.print(fmt::format("{} training and {} dev images, {} words, {} parameters to train, {} products", training,
                              dev, model.vocabulary.size(), parameters,
                              precision == models::Precision::kBfloat16 ? "bfloat16" : "float32"));
}

models::TrainingReports TrainingReport::reports() {
  models::TrainingReports reports;
  reports.caching = [this](const char* what, std::size_t done, std::size_t count) {
    progress_.show(fmt::format("features of {}", what), static_cast<double>(done), static_cast<double>(count),
                   fmt::format("{}/{} images", done, count));
  };
  reports.step = [this](const models::TrainingProgress& progress) { show(progress); };
  reports.evaluation = [this](const std::vector<models::Evaluation>& history, const std::vector<Caption>& examples) {
    last_scores_ = fmt::format(", dev CIDEr-D {:.3f}", history.back().cider_d);
    progress_.print(line_of(history.back(), looks_));
    if (page_) page_->write(TrainingPage::State::kRunning, history, examples);
  };
  reports.note = [this](const std::string& text) { progress_.print(text); };
  return reports;
}

void TrainingReport::interrupted(const std::string& why) {
  progress_.print(why);
  if (page_) page_->rewrite(TrainingPage::State::kStopped);
}

void TrainingReport::end(const std::string& output) {
  progress_.print("the best model is " + output);
  if (page_) page_->rewrite(TrainingPage::State::kFinished);
}

void TrainingReport::show(const models::TrainingProgress& p) {
  const double left = static_cast<double>((p.steps - p.step) * images_per_batch_) / p.images_per_second;
  progress_.show(fmt::format("{} epoch {}/{}", p.stage, p.epoch, p.epochs), static_cast<double>(p.step),
                 static_cast<double>(p.steps),
                 fmt::format("{:.0f} images/s, {} left, loss {:.3f}{}", p.images_per_second, duration(left), p.loss,
                             last_scores_));
}

}  // namespace saccade::app
