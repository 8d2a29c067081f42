#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/models/tiny_training.hpp"

// A training that was stopped anywhere goes on to the same result as if it had never stopped.

using namespace saccade;
using models::Evaluation;
using test::TinyTraining;
namespace fs = std::filesystem;

namespace {

struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("stopped") {}
};

/// Two epochs of two steps in each of the two stages, saved after every step.
void two_stages(models::TrainerOptions& options) {
  options.frozen = {2, 5e-3, 0};
  options.fine_tuning = {2, 2e-3, 1e-3};
  options.thawed_stages = 1;
  options.save_minutes = 0;
}

/// Throws out of the `count`-th report of a step.
models::TrainingReports stop_at_step(int count) {
  models::TrainingReports reports;
  reports.step = [left = count](const models::TrainingProgress&) mutable {
    if (--left == 0) throw Stopped();
  };
  return reports;
}

void check_same_history(const std::vector<Evaluation>& one, const std::vector<Evaluation>& other) {
  REQUIRE(one.size() == other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    CAPTURE(i);
    CHECK(one[i].stage == other[i].stage);
    CHECK(one[i].epoch == other[i].epoch);
    CHECK(one[i].loss == other[i].loss);
    CHECK(one[i].cross_entropy == other[i].cross_entropy);
    CHECK(one[i].bleu == other[i].bleu);
    CHECK(one[i].cider_d == other[i].cider_d);
    CHECK(one[i].entropy == other[i].entropy);
    CHECK(one[i].divergence == other[i].divergence);
    CHECK(one[i].best == other[i].best);
  }
}

void check_same_model(const models::Captioner& one, const models::Captioner& other) {
  CHECK(test::same_parameters(*one.encoder, *other.encoder));
  CHECK(test::same_parameters(*one.decoder, *other.decoder));
}

/// A new process knows nothing but the files: the model begins untrained again.
void begin_again(TinyTraining& training) {
  training.model = test::tiny_captioner(test::words_of(training.dataset), 1);
}

}  // namespace

TEST_CASE("a training that is stopped and resumed ends bit for bit like one that is not") {
  TinyTraining whole;
  two_stages(whole.options);
  const auto expected = whole.train();
  REQUIRE(expected.size() == 4);

  for (const int stop : {2, 4, 5, 7}) {
    CAPTURE(stop);
    TinyTraining stopped;
    two_stages(stopped.options);
    CHECK_THROWS_AS(stopped.train(stop_at_step(stop)), Stopped);
    CHECK(fs::exists(stopped.resume_path()));
    begin_again(stopped);
    std::vector<std::string> notes;
    models::TrainingReports reports;
    reports.note = [&](const std::string& text) { notes.push_back(text); };
    check_same_history(stopped.train(reports), expected);
    CHECK(notes.size() == 1);
    check_same_model(stopped.model, whole.model);
    check_same_model(models::load_checkpoint(stopped.options.output), models::load_checkpoint(whole.options.output));
    CHECK_FALSE(fs::exists(stopped.resume_path()));
  }
}

TEST_CASE("a training of hard attention that is stopped and resumed ends like one that is not") {
  const auto hard = [](TinyTraining& training) {
    two_stages(training.options);
    training.model.decoder->set_attention("hard");
    training.options.estimator.baseline = models::Baseline::kLearned;  // what it learns must be resumed too
    training.options.loss.teacher_share = 0.3;
    training.options.teacher = test::tiny_captioner(test::words_of(training.dataset), 2).decoder;
    training.options.temperature = 1.5;
  };
  TinyTraining whole;
  hard(whole);
  const auto expected = whole.train();
  for (const int stop : {1, 3, 6}) {
    CAPTURE(stop);
    TinyTraining stopped;
    hard(stopped);
    CHECK_THROWS_AS(stopped.train(stop_at_step(stop)), Stopped);
    begin_again(stopped);
    stopped.model.decoder->set_attention("hard");
    check_same_history(stopped.train(), expected);
    check_same_model(stopped.model, whole.model);
  }
  TinyTraining other;
  hard(other);
  CHECK_THROWS_AS(other.train(stop_at_step(2)), Stopped);
  begin_again(other);
  other.model.decoder->set_attention("hard");
  other.options.estimator.samples = 3;
  CHECK_THROWS_WITH_AS(other.train(), doctest::Contains("other options or data"), Error);
}

TEST_CASE("a training that is stopped again and again gets there all the same") {
  TinyTraining whole;
  two_stages(whole.options);
  const auto expected = whole.train();

  TinyTraining stopped;
  two_stages(stopped.options);
  std::vector<Evaluation> history;
  int runs = 0;
  while (history.empty() && ++runs < 20) {
    begin_again(stopped);
    try {
      history = stopped.train(stop_at_step(3));
    } catch (const Stopped&) {
    }
  }
  CHECK(runs > 2);
  check_same_history(history, expected);
  check_same_model(stopped.model, whole.model);
}

TEST_CASE("a training stopped right after an evaluation goes on with the next epoch") {
  TinyTraining stopped;
  models::TrainingReports reports;
  reports.evaluation = [](const Evaluation&) { throw Stopped(); };
  CHECK_THROWS_AS(stopped.train(reports), Stopped);
  begin_again(stopped);
  int evaluations = 0;
  reports.evaluation = [&](const Evaluation&) { ++evaluations; };
  const auto history = stopped.train(reports);
  CHECK(evaluations == 2);
  TinyTraining whole;
  check_same_history(history, whole.train());
}

TEST_CASE("a resume file of other options or data is refused and left alone") {
  using Change = std::function<void(TinyTraining&)>;
  const std::vector<std::pair<std::string, Change>> changes{
      {"seed", [](TinyTraining& t) { t.options.seed = 2; }},
      {"learning rate", [](TinyTraining& t) { t.options.frozen.learning_rate = 1e-3; }},
      {"epochs", [](TinyTraining& t) { t.options.frozen.epochs = 9; }},
      {"batch", [](TinyTraining& t) { t.options.images_per_batch = 1; }},
      {"dropout", [](TinyTraining& t) { t.options.dropout = 0.1; }},
      {"dropouts, their weighted sum the same",
       [](TinyTraining& t) {
         t.options.word_dropout += 0.2;
         t.options.dropout -= 0.1;
       }},
      {"lambda", [](TinyTraining& t) { t.options.loss.doubly_stochastic = 2; }},
      {"beam", [](TinyTraining& t) { t.options.search.beam = 3; }},
      {"longest caption", [](TinyTraining& t) { t.options.search.max_length = 9; }},
      {"fewer images", [](TinyTraining& t) { t.dataset.pop_back(); }},
      {"other captions", [](TinyTraining& t) { t.dataset[0].captions[0][1] = "green"; }},
      {"other order of images", [](TinyTraining& t) { std::swap(t.dataset[0], t.dataset[1]); }},
  };
  for (const auto& entry : changes) {
    CAPTURE(entry.first);
    TinyTraining training;
    training.options.save_minutes = 0;
    CHECK_THROWS_AS(training.train(stop_at_step(2)), Stopped);
    const std::string before = read_file(training.resume_path());
    entry.second(training);
    CHECK_THROWS_WITH_AS(training.train(), doctest::Contains(".resume: was written by a training with other options"),
                         Error);
    CHECK(read_file(training.resume_path()) == before);
  }
}

TEST_CASE("a resume file that is damaged is refused by name") {
  TinyTraining training;
  training.options.save_minutes = 0;
  CHECK_THROWS_AS(training.train(stop_at_step(2)), Stopped);
  const std::string whole = read_file(training.resume_path());

  write_file(training.resume_path(), whole.substr(0, whole.size() / 2));
  CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume"), Error);
  write_file(training.resume_path(), "");
  CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume"), Error);

  // Whole, but a tensor is missing or of another shape.
  write_file(training.resume_path(), whole);
  const models::SafetensorsFile file(training.resume_path());
  for (const char* const name :
       {"average.0", "decoder.lstm_bias", "encoder.backbone.stem.weight", "adam.m.0", "adam.steps"}) {
    CAPTURE(name);
    REQUIRE(file.contains(name));
    auto tensors = file.all();
    tensors.erase(name);
    models::write_safetensors(training.resume_path(), tensors, file.metadata());
    CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume"), Error);
    tensors[name] = torch::zeros({1, 2, 3});
    models::write_safetensors(training.resume_path(), tensors, file.metadata());
    CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume"), Error);
  }
}
