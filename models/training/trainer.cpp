#include "models/training/trainer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "models/checkpoint.hpp"
#include "models/training/adam.hpp"
#include "models/training/batches.hpp"
#include "models/training/dev_evaluation.hpp"
#include "models/training/feature_cache.hpp"
#include "models/training/objective.hpp"
#include "models/training/resume_file.hpp"
#include "models/training/saved_weights.hpp"
#include "models/training/schedule.hpp"
#include "models/training/self_critical.hpp"
#include "models/training/signature.hpp"
#include "models/training/weight_average.hpp"

namespace saccade::models {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using torch::Tensor;

constexpr double kNounsRate = 2e-3;  // peak learning rate of the auxiliary head, in every stage

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<fs::path> files_of(const CaptionDataset& dataset) {
  std::vector<fs::path> files;
  for (const auto& image : dataset) files.push_back(image.file);
  return files;
}

void copy_parameters(const torch::nn::Module& from, const torch::nn::Module& to) {
  const torch::NoGradGuard no_gradient;
  const auto source = from.parameters();
  auto target = to.parameters();
  for (std::size_t i = 0; i < target.size(); ++i) target[i].copy_(source[i]);
}

/// The model with its encoder rounded as in a file, so that cached features are those of the saved encoder.
Captioner& with_saved_encoder(Captioner& model) {
  round_as_saved(*model.encoder);
  return model;
}

struct Stage {
  const char* name;
  const StageOptions* options;
  bool live;      // pictures are varied and encoded at every step; else their features are cached
  bool critical;  // reward sampled captions; otherwise teacher forcing

  bool unfreezes() const { return live && options->encoder_learning_rate > 0; }
};

/// The loop over stages, epochs and steps.
class Training {
 public:
  Training(Captioner& model, const TrainingSets& sets, const TrainerOptions& options, const TrainingReports& reports)
      : model_(with_saved_encoder(model)),
        sets_(sets),
        options_(options),
        reports_(reports),
        signature_(training_signature(model, sets, options)),
        stages_{{{"frozen", &options.frozen, false, false},
                 {"fine-tuning", &options.fine_tuning, true, false},
                 {"self-critical", &options.self_critical, !options.critic.cached, true}}},
        batches_(model, sets, options.images_per_batch),
        objective_(model, sets, options) {
    for (const TrainingSet& set : sets) {
      if (!set.dev.empty()) dev_evaluations_.emplace_back(model, set, options.search);
    }
    if (options.self_critical.epochs > 0) {
      critic_ = std::make_unique<SelfCritical>(model, training_images(sets), options.critic, objective_.boxes(),
                                               options.loss.boxes_weight, options.search.max_length, options.precision);
    }
  }

  std::vector<Evaluation> run() {
    if (objective_.boxes() != nullptr && reports_.note) {
      reports_.note(fmt::format("{} words of {} captions have boxes", objective_.boxes()->words(),
                                objective_.boxes()->captions()));
    }
    std::unique_ptr<ResumeState> resumed = read_resume();
    for (; position_.stage < stages_.size(); next_stage()) {
      if (stage().options->epochs == 0) continue;
      begin_stage(resumed.get());
      resumed.reset();
      while (position_.epoch < stage().options->epochs && position_.since_best < options_.patience) run_epoch();
    }
    std::error_code ignored;
    fs::remove(resume_path(), ignored);
    return history_;
  }

 private:
  const Stage& stage() const { return stages_[position_.stage]; }
  fs::path resume_path() const { return options_.output.string() + ".resume"; }
  Schedule schedule() const {
    return {stage().options->epochs * batches_.steps(), options_.warm_up, options_.temperature};
  }
  std::int64_t steps_done() const { return position_.epoch * batches_.steps() + position_.step; }

  void next_stage() {
    TrainingPosition next;
    next.stage = position_.stage + 1;
    next.best = position_.best;
    next.best_bleu_4 = position_.best_bleu_4;
    position_ = next;
  }

  // ---- start of a stage

  void begin_stage(const ResumeState* resumed) {
    if (!history_.empty()) load_best();
    parameters_.clear();
    rates_.clear();
    for (auto& parameter : model_.encoder->parameters()) parameter.requires_grad_(false);
    for (const auto& parameter : model_.decoder->parameters()) add_parameter(parameter, stage().options->learning_rate);
    if (objective_.nouns() != nullptr) {
      for (const auto& parameter : objective_.nouns()->parameters()) add_parameter(parameter, kNounsRate);
    }
    if (stage().unfreezes()) unfreeze();
    objective_.begin_stage();
    Adam::Options adam;
    adam.weight_decay = options_.weight_decay;
    adam_ = std::make_unique<Adam>(parameters_, adam);
    average_ = std::make_unique<WeightAverage>(parameters_, options_.averaging);
    if (resumed != nullptr) restore(resumed->tensors);

    // An unfrozen encoder diverges from the teacher's, so the teacher keeps its own.
    const bool taught = stage().unfreezes() && !stage().critical && options_.loss.teacher_share > 0;
    batches_.encode(stage().unfreezes(), !stage().critical && options_.loss.occlusion_weight > 0,
                    taught ? options_.teacher.get() : nullptr);
    for (DevEvaluation& evaluation : dev_evaluations_) evaluation.use_cache(nullptr);
    if (!stage().live) batches_.use_cache(cache(training_images(sets_), 2, torch::kHalf, "train"));
    if (stage().unfreezes()) return;
    // In the precision of `caption`, whose captions are to be scored.
    for (DevEvaluation& evaluation : dev_evaluations_) {
      evaluation.use_cache(cache(evaluation.images(), 1, torch::kFloat, "dev"));
    }
  }

  /// The best model of the stages before, which may not be the last.
  void load_best() {
    // The model already runs the code in this file.
    const bool trusted = model_.encoder->backbone().program().defined();
    const Captioner best = load_checkpoint(options_.output, {trusted});
    copy_parameters(*best.encoder, *model_.encoder);
    copy_parameters(*best.decoder, *model_.decoder);
  }

  void add_parameter(const Tensor& parameter, double rate) {
    parameters_.push_back(parameter);
    rates_.push_back(rate);
  }

  void unfreeze() {
    model_.encoder_file.clear();  // it is about to be another than that file's
    const auto parts = model_.encoder->backbone().stages();
    const auto unfrozen = std::min(parts.size(), static_cast<std::size_t>(options_.unfrozen_stages));
    for (std::size_t i = parts.size() - unfrozen; i < parts.size(); ++i) {
      for (const auto& parameter : parts[i]) {
        parameter.requires_grad_(true);
        add_parameter(parameter, stage().options->encoder_learning_rate);
      }
    }
  }

  std::unique_ptr<FeatureCache> cache(const CaptionDataset& dataset, int views, torch::ScalarType type,
                                      const char* what) {
    return std::make_unique<FeatureCache>(options_.cache, model_, files_of(dataset), views, type,
                                          [this, what](std::size_t done, std::size_t all) {
                                            if (reports_.caching) reports_.caching(what, done, all);
                                            check_interrupted();
                                          });
  }

  // ---- an epoch

  void run_epoch() {
    const auto started = Clock::now();
    batches_.shuffle(derived_seed({options_.seed, position_.stage, static_cast<std::uint64_t>(position_.epoch)}));
    const std::int64_t first_step = position_.step;
    while (position_.step < batches_.steps()) {
      run_step();
      ++position_.step;
      report_step(static_cast<double>((position_.step - first_step) * options_.images_per_batch) /
                  seconds_since(started));
      check_interrupted();
      if (position_.step < batches_.steps() && seconds_since(saved_) > options_.save_minutes * 60) save_resume();
    }
    finish_epoch(started);
  }

  void run_step() {
    const std::uint64_t seed =
        derived_seed({options_.seed, position_.stage, static_cast<std::uint64_t>(position_.epoch),
                      static_cast<std::uint64_t>(position_.step), 1});
    torch::manual_seed(seed);
    const std::vector<std::size_t> images = batches_.images(position_.step);
    const Schedule schedule = this->schedule();
    const SeenImages seen = batches_.see(images, seed);
    const bool likelihood = !stage().critical || options_.critic.cross_entropy > 0;
    Loss loss;
    if (likelihood)
      loss = objective_.loss(images, seen, schedule.share(steps_done()), schedule.temperature(steps_done()));
    if (stage().critical) {
      Loss rewarded = critic_->loss(images, seen);
      if (likelihood) rewarded.total = rewarded.total + options_.critic.cross_entropy * loss.total;
      loss = rewarded;
    }
    adam_->zero_gradients();
    loss.total.backward();
    if (!std::isfinite(adam_->clip_gradients(options_.clip_norm))) {
      throw Error("the training diverged in {} epoch {}, step {}: try a smaller learning rate", stage().name,
                  position_.epoch + 1, position_.step + 1);
    }
    std::vector<double> rates = rates_;
    for (double& rate : rates) rate *= schedule.rate(steps_done());
    adam_->step(rates);
    average_->update(steps_done());
    position_.loss += loss.total.item<double>();
    position_.cross_entropy += loss.cross_entropy.item<double>();
  }

  void report_step(double images_per_second) const {
    if (!reports_.step) return;
    reports_.step({stage().name, position_.epoch + 1, stage().options->epochs, position_.step, batches_.steps(),
                   position_.loss / static_cast<double>(position_.step), images_per_second});
  }

  void finish_epoch(Clock::time_point started) {
    if (!fs::exists(resume_path())) save_resume();  // before the model, which alone means a finished training
    Evaluation evaluation;
    evaluation.stage = stage().name;
    evaluation.epoch = position_.epoch + 1;
    evaluation.loss = position_.loss / static_cast<double>(batches_.steps());
    evaluation.cross_entropy = position_.cross_entropy / static_cast<double>(batches_.steps());
    average_->swap();
    auto as_saved = std::make_unique<SavedWeights>(model_);
    const std::vector<Caption> examples = evaluate(evaluation, [&] {
      if (!interrupted()) return;
      as_saved.reset();
      average_->swap();
      check_interrupted();
    });
    evaluation.seconds = seconds_since(started);
    const bool by_named = options_.choose_by == "cider-d+named";
    const auto rank = std::make_pair(evaluation.cider_d + (by_named ? evaluation.words.named : 0), evaluation.bleu[3]);
    evaluation.best = rank > std::make_pair(position_.best, position_.best_bleu_4);
    if (evaluation.best) {
      model_.notes["training_summary"] = evaluation_json(evaluation);
      save_checkpoint(options_.output, model_);
      std::tie(position_.best, position_.best_bleu_4) = rank;
    }
    as_saved.reset();
    average_->swap();
    position_.since_best = evaluation.best ? 0 : position_.since_best + 1;
    history_.push_back(evaluation);
    ++position_.epoch;
    position_.step = 0;
    position_.loss = position_.cross_entropy = 0;
    write_file(options_.output.string() + ".csv", evaluations_csv(history_));
    save_resume();
    if (reports_.evaluation) reports_.evaluation(history_, examples);
  }

  /// Scores the dev images of all sets and calls `pause` after every few; returns the captions of the example images.
  std::vector<Caption> evaluate(Evaluation& evaluation, const std::function<void()>& pause) {
    std::vector<Caption> examples;
    std::size_t set = 0;
    for (const CaptionDataset& shown : example_images(sets_)) {
      if (shown.empty()) continue;
      evaluation.sets.push_back(dev_evaluations_[set++].score(shown.size(), examples, pause));
    }
    evaluation.summarize();
    for (const Caption& caption : examples) {
      evaluation.examples.push_back(fmt::format("{}", fmt::join(caption.words, " ")));
    }
    return examples;
  }

  // ---- stopping and going on

  /// Every tensor that the training needs to go on, by name.
  StateDict state() const {
    StateDict tensors = objective_.state();
    for (const auto& [name, tensor] : adam_->state()) tensors["adam." + name] = tensor;
    for (const auto& parameter : model_.encoder->named_parameters())
      tensors["encoder." + parameter.key()] = parameter.value();
    for (const auto& parameter : model_.decoder->named_parameters())
      tensors["decoder." + parameter.key()] = parameter.value();
    if (objective_.nouns() != nullptr) {
      for (const auto& parameter : objective_.nouns()->named_parameters())
        tensors["nouns." + parameter.key()] = parameter.value();
    }
    for (std::size_t i = 0; i < parameters_.size(); ++i)
      tensors[fmt::format("average.{}", i)] = average_->averages()[i];
    return tensors;
  }

  void save_resume() {
    ResumeState resume{signature_, position_, history_, state()};
    for (auto& entry : resume.tensors) entry.second = entry.second.detach().to(torch::kCPU);
    write_resume_file(resume_path(), resume);
    saved_ = Clock::now();
  }

  bool interrupted() const { return reports_.interrupted && reports_.interrupted(); }

  void check_interrupted() {
    if (!interrupted()) return;
    save_resume();
    throw TrainingInterrupted("interrupted in {} epoch {}, after step {}; the same command goes on from {}",
                              stage().name, position_.epoch + 1, position_.step, resume_path().string());
  }

  std::unique_ptr<ResumeState> read_resume() {
    if (!fs::exists(resume_path())) return nullptr;
    auto resume = std::make_unique<ResumeState>(read_resume_file(resume_path()));
    const std::string difference = difference_of_signatures(resume->signature, signature_);
    if (!difference.empty()) {
      throw Error("{}: is of another training: {}; delete it to begin anew, or repeat the command that began it",
                  resume_path().string(), difference);
    }
    if (resume->position.stage >= stages_.size()) {
      throw Error("{}: stands in a stage that does not exist; delete it to begin anew", resume_path().string());
    }
    position_ = resume->position;
    history_ = resume->history;
    if (reports_.note) {
      reports_.note(fmt::format("going on with {} epoch {}, after step {}, from {}", stage().name, position_.epoch + 1,
                                position_.step, resume_path().string()));
      const std::string before = machine_of_signature(resume->signature), now = machine_of_signature(signature_);
      if (before != now && !before.empty()) {
        reports_.note(fmt::format("it was begun on {}; on {} its figures may differ in the last digits", before, now));
      }
    }
    return resume;
  }

  void restore(const StateDict& saved) {
    const torch::NoGradGuard no_gradient;
    StateDict adam;
    for (auto& [name, tensor] : state()) {
      const auto found = saved.find(name);
      if (found == saved.end() || found->second.sizes() != tensor.sizes()) {
        throw Error("{}: its tensor '{}' does not fit this training; delete it to begin anew", resume_path().string(),
                    name);
      }
      if (name.rfind("adam.", 0) == 0) {
        adam[name.substr(5)] = found->second;
      } else {
        tensor.copy_(found->second);
      }
    }
    adam_->load_state(adam);
  }

  Captioner& model_;
  const TrainingSets& sets_;
  const TrainerOptions& options_;
  const TrainingReports& reports_;
  const std::string signature_;  // taken before the model changes
  const std::array<Stage, 3> stages_;

  Batches batches_;
  Objective objective_;
  std::unique_ptr<const SelfCritical> critic_;  // none without its stage
  std::vector<DevEvaluation> dev_evaluations_;  // of the sets that have dev images
  std::vector<Tensor> parameters_;              // parameters of the stage
  std::vector<double> rates_;                   // peak learning rate of each
  std::unique_ptr<Adam> adam_;
  std::unique_ptr<WeightAverage> average_;
  TrainingPosition position_;
  std::vector<Evaluation> history_;
  Clock::time_point saved_ = Clock::now();
};

}  // namespace

std::vector<Evaluation> train(Captioner& model, const TrainingSets& sets, const TrainerOptions& options,
                              const TrainingReports& reports) {
  return Training(model, sets, options, reports).run();
}

}  // namespace saccade::models
