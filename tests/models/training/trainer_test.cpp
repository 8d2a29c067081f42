#include "models/training/trainer.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "models/training/feature_cache.hpp"
#include "models/training/saved_weights.hpp"
#include "tests/models/tiny_training.hpp"

using namespace saccade;
using models::Evaluation;
using test::TinyTraining;
using torch::Tensor;
namespace fs = std::filesystem;

namespace {

/// A copy of the encoder's current parameters.
std::vector<Tensor> snapshot(const torch::nn::Module& module) {
  std::vector<Tensor> result;
  for (const auto& parameter : module.parameters()) result.push_back(parameter.detach().clone());
  return result;
}

std::size_t unlike(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i].equal(b[i]) ? 0 : 1;
  return count;
}

}  // namespace

TEST_CASE("four images with four captions are memorized") {
  TinyTraining training;
  auto& options = training.options;
  options.images_per_batch = 1;
  options.frozen = {40, 1e-2, 0};
  options.patience = 40;
  options.word_dropout = options.dropout = 0;
  options.loss = {0, 0.1};
  options.averaging = 0.5;
  const auto history = training.train();
  CHECK(history.back().cross_entropy < 0.3 * history.front().cross_entropy);
  double best = 0;
  for (const Evaluation& evaluation : history) best = std::max(best, evaluation.bleu[3]);
  CHECK(best > 0.95);

  models::Captioner learned = models::load_checkpoint(options.output);
  for (const auto& image : training.dataset) {
    CAPTURE(image.name);
    const Tensor pixels = models::load_pixels({image.file}, learned.preprocessing);
    const auto captions = learned.caption(learned.encode(pixels), options.search);
    CHECK(captions[0][0].words == image.captions[0]);
  }
}

TEST_CASE("every epoch is evaluated and logged, and the best dev CIDEr-D is saved") {
  TinyTraining training;
  training.options.frozen.epochs = 4;
  std::vector<Evaluation> reported;
  std::vector<std::int64_t> steps;
  std::size_t cached = 0;
  models::TrainingReports reports;
  reports.evaluation = [&](const std::vector<Evaluation>& so_far, const std::vector<Caption>& examples) {
    reported.push_back(so_far.back());
    REQUIRE(examples.size() == 4);
    CHECK(fmt::format("{}", fmt::join(examples[3].words, " ")) == reported.back().examples.at(3));
  };
  reports.step = [&](const models::TrainingProgress& progress) {
    CHECK(progress.stage == "frozen");
    CHECK(progress.epochs == 4);
    CHECK(progress.steps == 2);
    CHECK(progress.loss > 0);
    steps.push_back(progress.step);
  };
  reports.caching = [&](const char*, std::size_t done, std::size_t) { cached = std::max(cached, done); };
  const auto history = training.train(reports);
  REQUIRE(history.size() == 4);
  CHECK(reported.size() == 4);
  CHECK(steps == std::vector<std::int64_t>{1, 2, 1, 2, 1, 2, 1, 2});
  CHECK(cached == 4);
  CHECK(history[0].best);
  std::pair<double, double> best{-1, -1};
  for (std::size_t i = 0; i < history.size(); ++i) {
    CHECK(history[i].epoch == static_cast<int>(i) + 1);
    CHECK(history[i].stage == "frozen");
    const std::pair<double, double> now{history[i].cider_d, history[i].bleu[3]};  // ties are decided by BLEU-4
    CHECK(history[i].best == (now > best));
    best = std::max(best, now);
  }
  const std::string log = read_file(training.csv_path());
  CHECK(std::count(log.begin(), log.end(), '\n') == 5);
  CHECK_FALSE(fs::exists(training.resume_path()));
  CHECK(models::load_checkpoint(training.options.output).notes.count("training_summary") == 1);
}

TEST_CASE("a stage ends when its patience is exhausted") {
  TinyTraining training;
  training.options.frozen = {20, 0, 0};  // with a learning rate of 0, scores do not improve
  training.options.patience = 2;
  const auto history = training.train();
  REQUIRE(history.size() == 3);
  CHECK(history[0].best);
  CHECK_FALSE(history[1].best);
  CHECK_FALSE(history[2].best);
}

TEST_CASE("self-critical training increases the score used as reward") {
  for (const char* attention : {"soft", "hard"}) {
    CAPTURE(attention);
    TinyTraining training;
    training.model.decoder->set_attention(attention);
    training.options.frozen.epochs = 6;
    training.options.patience = 100;
    training.options.self_critical = {15, 5e-3, 0};
    const auto history = training.train();
    REQUIRE(history.size() == 21);
    CHECK(history[6].stage == "self-critical");
    CHECK(history[6].loss < 0);  // the negative mean reward
    CHECK(history.back().loss < history[6].loss);
  }
}

TEST_CASE("a frozen encoder does not change") {
  TinyTraining training;
  models::round_as_saved(*training.model.encoder);
  const auto encoder = snapshot(*training.model.encoder);
  const auto decoder = snapshot(*training.model.decoder);
  training.train();
  CHECK(unlike(encoder, snapshot(*training.model.encoder)) == 0);
  CHECK(unlike(decoder, snapshot(*training.model.decoder)) == decoder.size());
}

TEST_CASE("fine-tuning changes only the last stages of the encoder") {
  TinyTraining training;
  training.options.frozen.epochs = 0;
  training.options.fine_tuning = {1, 1e-3, 1e-3};
  training.options.unfrozen_stages = 2;
  models::round_as_saved(*training.model.encoder);
  const auto before = snapshot(*training.model.encoder);
  const auto history = training.train();
  REQUIRE(history.size() == 1);
  CHECK(history[0].stage == "fine-tuning");
  const auto stages = training.model.encoder->backbone().stages();
  std::size_t unfrozen = 0;
  for (std::size_t i = stages.size() - 2; i < stages.size(); ++i) unfrozen += stages[i].size();
  const auto after = snapshot(*training.model.encoder);
  CHECK(unlike(before, after) == unfrozen);
  const std::size_t frozen = before.size() - unfrozen;
  for (std::size_t i = 0; i < frozen; ++i) CHECK(before[i].equal(after[i]));
}

TEST_CASE("fine-tuning starts from the best model of the frozen stage") {
  TinyTraining training;
  training.options.frozen.epochs = 2;
  training.options.fine_tuning = {1, 0, 1e-9};
  const auto history = training.train();
  REQUIRE(history.size() == 3);
  CHECK(history[1].stage == "frozen");
  CHECK(history[2].stage == "fine-tuning");
  CHECK(history[2].epoch == 1);
  // With these learning rates, weights change only by the file's half precision, so the best score is the same.
  const double best = std::max(history[0].bleu[3], history[1].bleu[3]);
  CHECK(history[2].bleu[3] == doctest::Approx(best).epsilon(0.02));
}

TEST_CASE("the seed determines the model") {
  const auto trained = [](std::uint64_t seed) {
    TinyTraining training;
    training.options.seed = seed;
    training.options.frozen.epochs = 1;
    training.train();
    return snapshot(*training.model.decoder);
  };
  const auto one = trained(1);
  CHECK(unlike(one, trained(1)) == 0);
  CHECK(unlike(one, trained(2)) > 0);
}

TEST_CASE("divergence is reported") {
  TinyTraining training;
  models::TrainingReports reports;
  reports.step = [&](const models::TrainingProgress& progress) {
    if (progress.epoch != 2 || progress.step != 1) return;
    test::set_output_bias(*training.model.decoder, 5, std::numeric_limits<float>::quiet_NaN());
  };
  CHECK_THROWS_WITH_AS(training.train(reports), doctest::Contains("diverged in frozen epoch 2, step 2"), Error);
}

TEST_CASE("an unreadable image is reported with its path") {
  TinyTraining training;
  write_file(training.dataset[2].file, "no picture");
  CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("2.png"), Error);
}

TEST_CASE("an unwritable model is reported with its path") {
  TinyTraining training;
  training.options.output = training.folder / "missing/model.safetensors";
  CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("missing/model.safetensors"), Error);
}

TEST_CASE("dev captions are scored with the saved weights, in the precision of saccade caption") {
  for (const bool unfrozen : {false, true}) {
    CAPTURE(unfrozen);
    TinyTraining training;
    training.options.precision = models::Precision::kBfloat16;
    if (unfrozen) training.options.frozen.epochs = 0;
    if (unfrozen) training.options.fine_tuning = {2, 1e-3, 1e-3};
    std::vector<Caption> best;
    models::TrainingReports reports;
    reports.evaluation = [&](const std::vector<Evaluation>& history, const std::vector<Caption>& examples) {
      if (history.back().best) best = examples;
    };
    training.train(reports);
    models::Captioner saved = models::load_checkpoint(training.options.output);
    std::vector<std::filesystem::path> files;
    for (const auto& image : training.dataset) files.push_back(image.file);
    const auto captions =
        saved.caption(saved.encode(models::load_pixels(files, saved.preprocessing)), training.options.search);
    REQUIRE(captions.size() == best.size());
    for (std::size_t i = 0; i < best.size(); ++i) {
      CHECK(captions[i].front().words == best[i].words);
      CHECK(captions[i].front().log_probability == doctest::Approx(best[i].log_probability).epsilon(1e-5));
    }
  }
}

TEST_CASE("training without gradient clipping and with one step per epoch reduces the loss") {
  TinyTraining training;
  training.options.clip_norm = 0;
  training.options.images_per_batch = 4;  // one step per epoch
  training.options.word_dropout = training.options.dropout = 0;
  const auto history = training.train();
  REQUIRE(history.size() == 3);
  CHECK(history[1].loss < history[0].loss);
  CHECK(history[2].loss < history[1].loss);
}

TEST_CASE("hard attention memorizes four images") {
  TinyTraining training;
  training.model.decoder->set_attention("hard");
  auto& options = training.options;
  options.images_per_batch = 1;
  options.frozen = {40, 1e-2, 0};
  options.patience = 40;
  options.word_dropout = options.dropout = 0;
  options.loss = {0, 0};
  options.averaging = 0.5;
  options.estimator.samples = 3;
  options.estimator.baseline = models::Baseline::kLeaveOneOut;
  const auto history = training.train();
  CHECK(history.back().cross_entropy < 0.3 * history.front().cross_entropy);
  double best = 0;
  for (const Evaluation& evaluation : history) best = std::max(best, evaluation.bleu[3]);
  CHECK(best > 0.95);
}

TEST_CASE("hard attention with --soft-share 1 trains like soft attention") {
  TinyTraining soft, hard;
  for (TinyTraining* training : {&soft, &hard}) {
    training->options.word_dropout = training->options.dropout = 0;
    training->options.soft_share = 1;
    training->options.estimator.entropy_weight = 0;
    training->options.search.cell = models::CellChoice::kExpected;
  }
  hard.model.decoder->set_attention("hard");
  const auto one = soft.train(), other = hard.train();
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(one[i].loss == doctest::Approx(other[i].loss).epsilon(1e-5));
}
