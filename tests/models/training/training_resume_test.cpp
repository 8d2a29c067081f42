#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/models/forged.hpp"
#include "tests/models/tiny_training.hpp"

// Tests that a training that was stopped at any point resumes to the same result as without the stop.

using namespace saccade;
using models::Evaluation;
using test::TinyTraining;
namespace fs = std::filesystem;

namespace {

struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("stopped") {}
};

/// Two epochs of two steps in each of two stages, saved after every step.
void two_stages(models::TrainerOptions& options) {
  options.frozen = {2, 5e-3, 0};
  options.fine_tuning = {2, 2e-3, 1e-3};
  options.unfrozen_stages = 1;
  options.save_minutes = 0;
}

/// Throws Stopped from the `count`-th report of a step.
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

/// Resets the model to its initial weights, as in a new process.
void reset_model(TinyTraining& training) {
  training.model = test::tiny_captioner(test::words_of(training.dataset), 1);
}

}  // namespace

TEST_CASE("a resumed training matches an uninterrupted one bit for bit") {
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
    reset_model(stopped);
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

TEST_CASE("a training can resume with another number of threads and reports that the last digits may differ") {
  TinyTraining training;
  two_stages(training.options);
  CHECK_THROWS_AS(training.train(stop_at_step(3)), Stopped);
  reset_model(training);
  const int threads = at::get_num_threads();
  at::set_num_threads(threads + 1);
  std::vector<std::string> notes;
  models::TrainingReports reports;
  reports.note = [&](const std::string& text) { notes.push_back(text); };
  training.train(reports);
  at::set_num_threads(threads);
  REQUIRE(notes.size() == 2);
  CHECK(notes[1] ==
        fmt::format("it was begun on cpu, {} threads; on cpu, {} threads its figures may differ in the last "
                    "digits",
                    threads, threads + 1));
}

TEST_CASE("a resumed training of hard attention matches an uninterrupted one") {
  const auto hard = [](TinyTraining& training) {
    two_stages(training.options);
    training.model.decoder->set_attention("hard");
    training.options.estimator.baseline = models::Baseline::kLearned;  // the state of the baseline must be restored too
    training.options.loss.teacher_share = 0.3;
    training.options.teacher =
        std::make_shared<models::Captioner>(test::tiny_captioner(test::words_of(training.dataset), 2));
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
    reset_model(stopped);
    stopped.model.decoder->set_attention("hard");
    check_same_history(stopped.train(), expected);
    check_same_model(stopped.model, whole.model);
  }
  TinyTraining other;
  hard(other);
  CHECK_THROWS_AS(other.train(stop_at_step(2)), Stopped);
  reset_model(other);
  other.model.decoder->set_attention("hard");
  other.options.estimator.samples = 3;
  CHECK_THROWS_WITH_AS(other.train(), doctest::Contains("it was begun with samples=2, not 3; delete it"), Error);
}

TEST_CASE("a resumed self-critical training matches an uninterrupted one") {
  const auto critical = [](TinyTraining& training) {
    training.options.frozen = {1, 5e-3, 0};
    training.options.self_critical = {2, 2e-3, 1e-3};
    training.options.unfrozen_stages = 1;
    training.options.save_minutes = 0;
  };
  TinyTraining whole;
  critical(whole);
  const auto expected = whole.train();
  REQUIRE(expected.size() == 3);
  for (const int stop : {3, 4, 5}) {
    CAPTURE(stop);
    TinyTraining stopped;
    critical(stopped);
    CHECK_THROWS_AS(stopped.train(stop_at_step(stop)), Stopped);
    reset_model(stopped);
    check_same_history(stopped.train(), expected);
    check_same_model(stopped.model, whole.model);
  }
}

TEST_CASE("a training can be interrupted many times") {
  TinyTraining whole;
  two_stages(whole.options);
  const auto expected = whole.train();

  TinyTraining stopped;
  two_stages(stopped.options);
  std::vector<Evaluation> history;
  int runs = 0;
  while (history.empty() && ++runs < 20) {
    reset_model(stopped);
    try {
      history = stopped.train(stop_at_step(3));
    } catch (const Stopped&) {
    }
  }
  CHECK(runs > 2);
  check_same_history(history, expected);
  check_same_model(stopped.model, whole.model);
}

TEST_CASE("a training interrupted after an evaluation continues with the next epoch") {
  TinyTraining stopped;
  models::TrainingReports reports;
  reports.evaluation = [](const auto&, const auto&) { throw Stopped(); };
  CHECK_THROWS_AS(stopped.train(reports), Stopped);
  reset_model(stopped);
  int evaluations = 0;
  reports.evaluation = [&](const auto&, const auto&) { ++evaluations; };
  const auto history = stopped.train(reports);
  CHECK(evaluations == 2);
  TinyTraining whole;
  check_same_history(history, whole.train());
}

namespace {

/// A training that was stopped after two steps and continues from its files.
struct StoppedTraining : TinyTraining {
  explicit StoppedTraining(const std::function<void(TinyTraining&)>& prepare = {}) {
    options.save_minutes = 0;
    if (prepare) prepare(*this);
    CHECK_THROWS_AS(train(stop_at_step(2)), Stopped);
    reset_model(*this);
    if (prepare) prepare(*this);
  }

  void check_refused(const std::string& difference) {
    CAPTURE(difference);
    const std::string before = read_file(resume_path());
    const std::string expected = ".resume: is of another training: it was begun with " + difference + "; delete it";
    CHECK_THROWS_WITH_AS(train(), doctest::Contains(expected.c_str()), Error);
    CHECK(read_file(resume_path()) == before);
  }
};

/// Replaces the decoder with a new one of another shape.
void replace_decoder(TinyTraining& training, const std::string& option, const std::string& value) {
  test::DecoderPlan plan{training.model.decoder->shape(), training.model.decoder->options()};
  plan.set(option, value);
  torch::manual_seed(1);
  training.model.decoder = models::make_decoder(plan.options, plan.shape);
}

}  // namespace

TEST_CASE("a resume file with other options is refused and kept") {
  using Change = std::function<void(TinyTraining&)>;
  const std::vector<std::pair<std::string, Change>> changes{
      {"seed=1, not 2", [](TinyTraining& t) { t.options.seed = t.options.search.seed = 2; }},
      {"learning-rate=0.005, not 0.001", [](TinyTraining& t) { t.options.frozen.learning_rate = 1e-3; }},
      {"epochs=3, not 9", [](TinyTraining& t) { t.options.frozen.epochs = 9; }},
      {"images-per-batch=2, not 1", [](TinyTraining& t) { t.options.images_per_batch = 1; }},
      {"dropout=0.5, not 0.1", [](TinyTraining& t) { t.options.dropout = 0.1; }},
      {"word-dropout=0.3, not 0.5; dropout=0.5, not 0.4",
       [](TinyTraining& t) {
         t.options.word_dropout += 0.2;
         t.options.dropout -= 0.1;
       }},
      {"doubly-stochastic=0, not 2", [](TinyTraining& t) { t.options.loss.doubly_stochastic = 2; }},
      {"clip-norm=5, not 1", [](TinyTraining& t) { t.options.clip_norm = 1; }},
      {"warm-up=0.05, not 0.5", [](TinyTraining& t) { t.options.warm_up = 0.5; }},
      {"baseline=leave-one-out, not none",
       [](TinyTraining& t) { t.options.estimator.baseline = models::Baseline::kNone; }},
      {"reward=to-go, not total", [](TinyTraining& t) { t.options.estimator.reward_to_go = false; }},
      {"beam=2, not 3", [](TinyTraining& t) { t.options.search.beam = 3; }},
      {"cell-selection=medoid, not sample",
       [](TinyTraining& t) { t.options.search.cell = models::CellChoice::kSample; }},
      {"max-length=10, not 9", [](TinyTraining& t) { t.options.search.max_length = 9; }},
      {"precision=float32, not bfloat16", [](TinyTraining& t) { t.options.precision = models::Precision::kBfloat16; }},
  };
  for (const auto& [difference, change] : changes) {
    StoppedTraining training;
    change(training);
    training.check_refused(difference);
  }
}

TEST_CASE("a resume file of a model of another shape is refused, and the message names the option") {
  const std::vector<std::array<std::string, 3>> changes{
      {"alignment=additive, not dot", "alignment", "dot"},
      {"hidden=16, not 20", "hidden", "20"},
      {"attention=soft, not hard", "attention", "hard"},
  };
  for (const auto& [difference, option, value] : changes) {
    StoppedTraining training([](TinyTraining& t) { replace_decoder(t, "hidden", "16"); });
    replace_decoder(training, option, value);
    training.check_refused(difference);
  }
  // These alignment scores have equal weights, so only the name distinguishes them.
  StoppedTraining dot([](TinyTraining& t) { replace_decoder(t, "alignment", "dot"); });
  replace_decoder(dot, "alignment", "scaled-dot");
  dot.check_refused("alignment=dot, not scaled-dot");

  // The weights of a convolution do not determine the input size.
  StoppedTraining larger;
  larger.model.encoder = std::make_shared<models::Encoder>(
      models::EncoderShape{larger.model.encoder->shape().backbone, models::FeatureMap::kStride16, 64});
  larger.model.preprocessing.input_size = 64;
  larger.check_refused("input-size=32, not 64");
}

TEST_CASE("a resume file of other data or another start model is refused") {
  using Change = std::function<void(TinyTraining&)>;
  const std::string data = "other training images or captions; other dev images or captions";
  const std::vector<std::pair<std::string, Change>> changes{
      {data, [](TinyTraining& t) { t.dataset.pop_back(); }},
      {data, [](TinyTraining& t) { t.dataset[0].captions[0][1] = "green"; }},
      {data, [](TinyTraining& t) { std::swap(t.dataset[0], t.dataset[1]); }},
      {"other weights to begin with",
       [](TinyTraining& t) {
         const torch::NoGradGuard no_gradient;
         test::parameter(*t.model.decoder, "lstm_bias")[0] += 1;
       }},
      {"other weights to begin with",
       [](TinyTraining& t) {
         const torch::NoGradGuard no_gradient;
         test::parameter(*t.model.encoder, "backbone.stem.bias")[0] += 1;
       }},
      {"other preprocessing of the images", [](TinyTraining& t) { t.model.preprocessing.mean[0] += 1; }},
      {"other words in its vocabulary",
       [](TinyTraining& t) {
         auto words = t.model.vocabulary.words();
         std::swap(words[0], words[1]);
         t.model.vocabulary = Vocabulary(words);
       }},
  };
  for (const auto& [difference, change] : changes) {
    StoppedTraining training;
    change(training);
    training.check_refused(difference);
  }

  const auto taught_by = [](std::uint64_t seed) {
    return [seed](TinyTraining& t) {
      t.options.loss.teacher_share = 0.5;
      t.options.teacher = std::make_shared<models::Captioner>(test::tiny_captioner(test::words_of(t.dataset), seed));
    };
  };
  StoppedTraining taught(taught_by(2));
  taught_by(3)(taught);
  taught.check_refused("other weights of the teacher");
}

TEST_CASE("other dev images change the signature of a training") {
  TinyTraining training;
  training.options.save_minutes = 0;
  const auto train = [&](const CaptionDataset& dev, const models::TrainingReports& reports = {}) {
    models::TrainingSets sets = training.sets();
    sets.front().dev = dev;
    return models::train(training.model, sets, training.options, reports);
  };
  CHECK_THROWS_AS(train(training.dataset, stop_at_step(2)), Stopped);
  reset_model(training);
  const CaptionDataset fewer(training.dataset.begin(), training.dataset.begin() + 2);
  CHECK_THROWS_WITH_AS(train(fewer), doctest::Contains("it was begun with other dev images or captions; delete"),
                       Error);
}

TEST_CASE("a damaged resume file is refused with its path") {
  TinyTraining training;
  training.options.save_minutes = 0;
  CHECK_THROWS_AS(training.train(stop_at_step(2)), Stopped);
  reset_model(training);
  const std::string whole = read_file(training.resume_path());

  write_file(training.resume_path(), whole.substr(0, whole.size() / 2));
  CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume"), Error);
  write_file(training.resume_path(), "");
  CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume"), Error);

  // The file is intact, but a tensor is missing or has another shape.
  write_file(training.resume_path(), whole);
  const models::SafetensorsFile file(training.resume_path());
  for (const char* const name :
       {"average.0", "decoder.lstm_bias", "encoder.backbone.stem.weight", "adam.m.0", "adam.steps"}) {
    CAPTURE(name);
    REQUIRE(file.contains(name));
    auto tensors = file.all();
    tensors.erase(name);
    models::write_safetensors(training.resume_path(), tensors, test::forged(file));
    CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume: its tensor"), Error);
    reset_model(training);
    tensors[name] = torch::zeros({1, 2, 3});
    models::write_safetensors(training.resume_path(), tensors, test::forged(file));
    CHECK_THROWS_WITH_AS(training.train(), doctest::Contains("model.safetensors.resume: its tensor"), Error);
    reset_model(training);
  }
}
