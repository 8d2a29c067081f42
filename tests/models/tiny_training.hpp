#pragma once

#include <filesystem>

#include "models/training/trainer.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

namespace saccade::test {

/// Training on four pictures in a temporary folder.
struct TinyTraining {
  TemporaryFolder folder;
  CaptionDataset dataset = write_pictures(folder / "images", 4);
  models::Captioner model = tiny_captioner(words_of(dataset), 1);
  models::TrainerOptions options;
  std::shared_ptr<const Entities> boxes;

  TinyTraining() {
    options.cache = folder / "cache";
    options.output = folder / "model.safetensors";
    options.images_per_batch = 2;
    options.frozen = {3, 5e-3, 0};
    options.search.beam = 2;
    options.search.max_length = 10;
  }

  std::filesystem::path resume_path() const { return options.output.string() + ".resume"; }
  std::filesystem::path csv_path() const { return options.output.string() + ".csv"; }

  /// The pictures as both the training and the dev set.
  models::TrainingSets sets() const { return {{"pictures", dataset, dataset, boxes, nullptr, 1}}; }

  std::vector<models::Evaluation> train(const models::TrainingReports& reports = {}) {
    return models::train(model, sets(), options, reports);
  }
};

}  // namespace saccade::test
