#include "models/training/trainer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <tuple>
#include <utility>

#include <fmt/ranges.h>
#include <opencv2/core/utility.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "core/base/random.hpp"
#include "core/metrics/attention.hpp"
#include "core/metrics/bleu.hpp"
#include "core/metrics/cider.hpp"
#include "models/checkpoint.hpp"
#include "models/training/adam.hpp"
#include "models/training/feature_cache.hpp"
#include "models/training/weight_average.hpp"
#include "vision/files/image.hpp"
#include "vision/input/augmentation.hpp"

namespace saccade::models {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using torch::Tensor;

constexpr std::size_t kDevBatch = 48;      // images whose beams are searched together
constexpr std::size_t kEncoderBatch = 16;  // larger batches fall out of the processor's cache

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<std::string> names_of(const CaptionDataset& dataset) {
  std::vector<std::string> names;
  for (const auto& image : dataset) names.push_back(image.name);
  return names;
}

metrics::CiderScorer cider_of(const CaptionDataset& dataset) {
  std::vector<std::vector<metrics::Tokens>> references;
  for (const auto& image : dataset) references.push_back(image.captions);
  return metrics::CiderScorer(references);
}

void copy_parameters(const torch::nn::Module& from, const torch::nn::Module& to) {
  const torch::NoGradGuard no_gradient;
  const auto source = from.parameters();
  auto target = to.parameters();
  for (std::size_t i = 0; i < target.size(); ++i) target[i].copy_(source[i]);
}

struct Stage {
  const char* name;
  const StageOptions* options;
  bool live;  // pictures are varied and encoded at every step; else their features are cached

  bool thaws() const { return live && options->encoder_learning_rate > 0; }
};

class Training {
 public:
  Training(Captioner& model, const CaptionDataset& training, const CaptionDataset& dev, const TrainerOptions& options,
           const TrainingReports& reports)
      : model_(model),
        training_(training),
        dev_(dev),
        options_(options),
        reports_(reports),
        dev_cider_(cider_of(dev)),
        baseline_(model.decoder->query_width()),
        stages_{{{"frozen", &options.frozen, false}, {"fine-tuning", &options.fine_tuning, true}}} {
    for (const auto& image : training_) {
      auto& captions = encoded_.emplace_back();
      for (const auto& words : image.captions) captions.push_back(model.vocabulary.encode(words));
    }
  }

  std::vector<Evaluation> run() {
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
  std::int64_t steps_per_epoch() const {
    return (static_cast<std::int64_t>(training_.size()) + options_.images_per_batch - 1) / options_.images_per_batch;
  }

  void next_stage() {
    TrainingPosition next;
    next.stage = position_.stage + 1;
    next.best = position_.best;
    next.best_cider_d = position_.best_cider_d;
    position_ = next;
  }

  // ---- the beginning of a stage

  void begin_stage(const ResumeState* resumed) {
    if (!history_.empty()) load_best();
    parameters_.clear();
    rates_.clear();
    for (auto& parameter : model_.encoder->parameters()) parameter.requires_grad_(false);
    for (const auto& parameter : model_.decoder->parameters()) add_parameter(parameter, stage().options->learning_rate);
    if (stage().thaws()) thaw();
    baseline_ = RewardBaseline(model_.decoder->query_width());
    Adam::Options adam;
    adam.weight_decay = options_.weight_decay;
    adam_ = std::make_unique<Adam>(parameters_, adam);
    average_ = std::make_unique<WeightAverage>(parameters_, options_.averaging);
    if (resumed != nullptr) restore(resumed->tensors);

    train_features_.reset();
    dev_features_.reset();
    if (!stage().live) train_features_ = cache(training_, 2, "train");
    if (!stage().thaws()) dev_features_ = cache(dev_, 1, "dev");
  }

  /// The best model of the stages before, which may not be the last.
  void load_best() {
    // The model at hand runs already: the code in its file is no other.
    const bool trusted = model_.encoder->backbone().program().defined();
    const Captioner best = load_checkpoint(options_.output, {trusted});
    copy_parameters(*best.encoder, *model_.encoder);
    copy_parameters(*best.decoder, *model_.decoder);
  }

  void add_parameter(const Tensor& parameter, double rate) {
    parameters_.push_back(parameter);
    rates_.push_back(rate);
  }

  void thaw() {
    model_.encoder_file.clear();  // it is about to be another than that file's
    const auto parts = model_.encoder->backbone().stages();
    const auto thawed = std::min(parts.size(), static_cast<std::size_t>(options_.thawed_stages));
    for (std::size_t i = parts.size() - thawed; i < parts.size(); ++i) {
      for (auto parameter : parts[i]) {
        parameter.requires_grad_(true);
        add_parameter(parameter, stage().options->encoder_learning_rate);
      }
    }
  }

  std::unique_ptr<FeatureCache> cache(const CaptionDataset& dataset, int views, const char* what) {
    return std::make_unique<FeatureCache>(options_.cache, model_, options_.images, names_of(dataset), views,
                                          [this, what](std::size_t done, std::size_t all) {
                                            if (reports_.caching) reports_.caching(what, done, all);
                                          });
  }

  // ---- an epoch

  void run_epoch() {
    const auto started = Clock::now();
    std::vector<std::size_t> order(training_.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937_64 random(derived_seed({options_.seed, position_.stage, static_cast<std::uint64_t>(position_.epoch)}));
    std::shuffle(order.begin(), order.end(), random);

    const std::int64_t first_step = position_.step;
    while (position_.step < steps_per_epoch()) {
      run_step(batch_of(order));
      ++position_.step;
      TrainingProgress progress{stage().name,
                                position_.epoch + 1,
                                stage().options->epochs,
                                position_.step,
                                steps_per_epoch(),
                                position_.loss / static_cast<double>(position_.step),
                                0};
      progress.images_per_second =
          static_cast<double>((position_.step - first_step) * options_.images_per_batch) / seconds_since(started);
      if (reports_.step) reports_.step(progress);
      if (position_.step < steps_per_epoch() && seconds_since(saved_) > options_.save_minutes * 60) save_resume();
    }
    finish_epoch(started);
  }

  std::vector<std::size_t> batch_of(const std::vector<std::size_t>& order) const {
    const auto size = static_cast<std::size_t>(options_.images_per_batch);
    const std::size_t first = static_cast<std::size_t>(position_.step) * size;
    const std::size_t last = std::min(order.size(), first + size);
    return {order.begin() + static_cast<std::ptrdiff_t>(first), order.begin() + static_cast<std::ptrdiff_t>(last)};
  }

  void run_step(const std::vector<std::size_t>& images) {
    const std::uint64_t seed =
        derived_seed({options_.seed, position_.stage, static_cast<std::uint64_t>(position_.epoch),
                      static_cast<std::uint64_t>(position_.step), 1});
    torch::manual_seed(seed);
    const Tensor annotations = (stage().live ? encode_varied(images, seed) : cached(images, seed)).to(model_.device());
    const Loss loss = loss_of(images, annotations);
    adam_->zero_gradients();
    loss.total.backward();
    if (!std::isfinite(adam_->clip_gradients(options_.clip_norm))) {
      throw Error("the training diverged in {} epoch {}, step {}: try a smaller learning rate", stage().name,
                  position_.epoch + 1, position_.step + 1);
    }
    std::vector<double> rates = rates_;
    for (double& rate : rates) rate *= schedule();
    adam_->step(rates);
    average_->update(steps_done());
    position_.loss += loss.total.item<double>();
    position_.cross_entropy += loss.cross_entropy.item<double>();
  }

  Tensor cached(const std::vector<std::size_t>& images, std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    const std::vector<std::int64_t> places(images.begin(), images.end());
    std::vector<std::int64_t> views;
    for (std::size_t i = 0; i < images.size(); ++i) views.push_back(static_cast<std::int64_t>(random() & 1));
    return train_features_->gather(places, views);
  }

  Tensor encode_varied(const std::vector<std::size_t>& images, std::uint64_t seed) {
    const std::int64_t side = model_.preprocessing.input_size;
    Tensor pixels = torch::empty({static_cast<std::int64_t>(images.size()), side, side, 3});
    std::vector<std::string> problems(images.size());
    cv::parallel_for_(cv::Range(0, static_cast<int>(images.size())), [&](const cv::Range& range) {
      for (int i = range.start; i < range.end; ++i) {
        try {
          std::mt19937_64 random(derived_seed({seed, static_cast<std::uint64_t>(i)}));
          const std::size_t image = images[static_cast<std::size_t>(i)];
          const cv::Mat picture = vision::read_image(options_.images / training_[image].name);
          vision::preprocess(vision::augment(picture, {}, random), model_.preprocessing, pixels[i].data_ptr<float>());
        } catch (const std::exception& error) {
          problems[static_cast<std::size_t>(i)] = error.what();
        }
      }
    });
    for (const auto& problem : problems) {
      if (!problem.empty()) throw Error("{}", problem);
    }
    const torch::AutoGradMode gradients(stage().thaws());
    return model_.encoder->forward(pixels.to(model_.device()));
  }

  /// How ill the model says what people wrote, or the bound of it where attention is hard.
  Loss loss_of(const std::vector<std::size_t>& images, const Tensor& annotations) {
    std::vector<std::vector<std::int64_t>> captions;
    std::vector<std::int64_t> image_of;
    for (std::size_t i = 0; i < images.size(); ++i) {
      for (const auto& words : encoded_[images[i]]) {
        captions.push_back(words);
        image_of.push_back(static_cast<std::int64_t>(i));
      }
    }
    const CaptionBatch batch = pack(captions, image_of).to(model_.device());
    UnrollOptions decoding;
    decoding.word_dropout = options_.word_dropout;
    decoding.dropout = options_.dropout;
    decoding.temperature = temperature();
    decoding.precision = options_.precision;
    model_.decoder->train();
    const Tensor taught = options_.loss.teacher_share > 0 ? teach(annotations, batch) : Tensor();
    if (!model_.decoder->stochastic()) {
      return caption_loss(model_.decoder->unroll(annotations, batch, decoding), batch, options_.loss, {{}, taught});
    }
    const bool soft = stage_done() < options_.soft_share;
    const AttentionPaths paths = draw_paths(
        batch, options_.estimator.samples, soft ? 1 : options_.estimator.expected_share, model_.decoder->maps().maps());
    return lower_bound_loss(model_.decoder->unroll(annotations, batch, paths, decoding), paths, options_.loss,
                            options_.estimator, baseline_, taught);
  }

  /// The teacher's probabilities of the words to say next: [P, V].
  Tensor teach(const Tensor& annotations, const CaptionBatch& batch) {
    const torch::NoGradGuard no_gradient;
    UnrollOptions decoding;
    decoding.precision = options_.precision;
    options_.teacher->eval();
    return at::softmax(options_.teacher->unroll(annotations.detach(), batch, decoding).logits, -1);
  }

  std::int64_t steps_done() const { return position_.epoch * steps_per_epoch() + position_.step; }

  double steps_of_stage() const {
    return static_cast<double>(stage().options->epochs) * static_cast<double>(steps_per_epoch());
  }

  /// The share of the stage that is done, from 0 to 1.
  double stage_done() const { return static_cast<double>(steps_done()) / steps_of_stage(); }

  /// From the first temperature in a straight line to 1, halfway through the stage.
  double temperature() const {
    const double cooled = std::min(1.0, 2 * stage_done());
    return options_.temperature + cooled * (1 - options_.temperature);
  }

  /// Linear warm-up, then a cosine down to zero.
  double schedule() const {
    const double all = steps_of_stage();
    const double done = static_cast<double>(steps_done()) + 1;
    const double warm = std::max(1.0, options_.warm_up * all);
    if (done < warm) return done / warm;
    constexpr double kPi = 3.14159265358979323846;
    return 0.5 * (1 + std::cos(kPi * (done - warm) / std::max(1.0, all - warm)));
  }

  // ---- the end of an epoch

  void finish_epoch(Clock::time_point started) {
    Evaluation evaluation;
    evaluation.stage = stage().name;
    evaluation.epoch = position_.epoch + 1;
    evaluation.loss = position_.loss / static_cast<double>(steps_per_epoch());
    evaluation.cross_entropy = position_.cross_entropy / static_cast<double>(steps_per_epoch());
    average_->swap();
    evaluate(evaluation);
    evaluation.seconds = seconds_since(started);
    const auto rank = std::make_pair(evaluation.bleu[3], evaluation.cider_d);
    evaluation.best = rank > std::make_pair(position_.best, position_.best_cider_d);
    if (evaluation.best) {
      model_.notes["training_summary"] = evaluation_json(evaluation);
      save_checkpoint(options_.output, model_);
      std::tie(position_.best, position_.best_cider_d) = rank;
    }
    average_->swap();
    position_.since_best = evaluation.best ? 0 : position_.since_best + 1;
    history_.push_back(evaluation);
    ++position_.epoch;
    position_.step = 0;
    position_.loss = position_.cross_entropy = 0;
    save_resume();
    write_file(options_.output.string() + ".csv", evaluations_csv(history_));
    if (reports_.evaluation) reports_.evaluation(evaluation);
  }

  void evaluate(Evaluation& evaluation) {
    std::vector<metrics::ScoredItem> items;
    std::vector<metrics::Tokens> hypotheses;
    metrics::AttentionSummary attention;
    for (std::size_t first = 0; first < dev_.size(); first += kDevBatch) {
      const std::size_t count = std::min(kDevBatch, dev_.size() - first);
      const auto captions = model_.caption(dev_annotations(first, count), options_.search);
      for (std::size_t i = 0; i < count; ++i) {
        hypotheses.push_back(captions[i].front().words);
        attention.add(captions[i].front());
        items.push_back({dev_[first + i].name, hypotheses.back(), dev_[first + i].captions});
      }
    }
    evaluation.bleu = metrics::bleu(items).corpus;
    evaluation.cider_d = dev_cider_.score(hypotheses).cider_d.corpus;
    evaluation.entropy = attention.scores().entropy;
    evaluation.divergence = attention.scores().divergence;
  }

  Tensor dev_annotations(std::size_t first, std::size_t count) {
    if (dev_features_) return dev_features_->range(static_cast<std::int64_t>(first), static_cast<std::int64_t>(count));
    std::vector<Tensor> parts;
    for (std::size_t i = first; i < first + count; i += kEncoderBatch) {
      std::vector<fs::path> files;
      for (std::size_t j = i; j < std::min(i + kEncoderBatch, first + count); ++j) {
        files.push_back(options_.images / dev_[j].name);
      }
      parts.push_back(model_.encode(load_pixels(files, model_.preprocessing)));
    }
    return at::cat(parts);
  }

  // ---- stopping and going on

  /// What must be the same for a resumed training to come to the same result.
  std::string signature() const {
    const auto& o = options_;
    std::string text =
        fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {}", o.seed, o.images_per_batch, o.patience, o.thawed_stages,
                    o.word_dropout, o.dropout, o.loss.label_smoothing, o.loss.doubly_stochastic, o.weight_decay,
                    o.clip_norm, o.warm_up, o.averaging, static_cast<int>(o.precision));
    for (const Stage& s : stages_) {
      text += fmt::format(" {} {} {}", s.options->epochs, s.options->learning_rate, s.options->encoder_learning_rate);
    }
    const EstimatorOptions& e = o.estimator;
    text += fmt::format(" {} {} {} {} {} {} {} {} {} {}", model_.decoder->options().attention.attention, e.samples,
                        e.expected_share, static_cast<int>(e.baseline), e.baseline_decay, e.reward_to_go,
                        e.reward_weight, e.entropy_weight, o.temperature, static_cast<int>(o.search.looking));
    text += fmt::format(" {} {}", o.soft_share, o.loss.teacher_share);
    text +=
        fmt::format(" {} {} {} {}", o.search.beam, o.search.length_penalty, o.search.max_length, o.search.min_length);
    Fingerprint data;
    for (const CaptionDataset* dataset : {&training_, &dev_}) {
      for (const auto& image : *dataset) {
        data.add(image.name);
        for (const auto& caption : image.captions) data.add(fmt::format("{}", fmt::join(caption, " ")));
      }
    }
    return text + " " + data.text();
  }

  /// Every tensor that the training needs to go on, by name.
  StateDict state() const {
    StateDict tensors;
    for (const auto& [name, tensor] : adam_->state()) tensors["adam." + name] = tensor;
    for (const auto& parameter : model_.encoder->named_parameters())
      tensors["encoder." + parameter.key()] = parameter.value();
    for (const auto& parameter : model_.decoder->named_parameters())
      tensors["decoder." + parameter.key()] = parameter.value();
    for (std::size_t i = 0; i < parameters_.size(); ++i)
      tensors[fmt::format("average.{}", i)] = average_->averages()[i];
    tensors["baseline.averages"] = baseline_.averages;
    tensors["baseline.weights"] = baseline_.weights;
    return tensors;
  }

  void save_resume() {
    ResumeState resume{signature(), position_, history_, state()};
    for (auto& entry : resume.tensors) entry.second = entry.second.detach().to(torch::kCPU);
    write_resume_file(resume_path(), resume);
    saved_ = Clock::now();
  }

  std::unique_ptr<ResumeState> read_resume() {
    if (!fs::exists(resume_path())) return nullptr;
    auto resume = std::make_unique<ResumeState>(read_resume_file(resume_path()));
    if (resume->signature != signature() || resume->position.stage >= stages_.size()) {
      throw Error("{}: was written by a training with other options or data; delete it to begin anew",
                  resume_path().string());
    }
    position_ = resume->position;
    history_ = resume->history;
    if (reports_.note) {
      reports_.note(fmt::format("going on with {} epoch {}, step {} from {}", stage().name, position_.epoch + 1,
                                position_.step + 1, resume_path().string()));
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
  const CaptionDataset& training_;
  const CaptionDataset& dev_;
  const TrainerOptions& options_;
  const TrainingReports& reports_;
  const metrics::CiderScorer dev_cider_;
  RewardBaseline baseline_;  // what the estimator has learnt of rewards
  const std::array<Stage, 2> stages_;

  std::vector<std::vector<std::vector<std::int64_t>>> encoded_;  // captions of each training image
  std::unique_ptr<FeatureCache> train_features_, dev_features_;  // where the encoder is frozen
  std::vector<Tensor> parameters_;                               // what the stage trains
  std::vector<double> rates_;                                    // peak learning rate of each
  std::unique_ptr<Adam> adam_;
  std::unique_ptr<WeightAverage> average_;
  TrainingPosition position_;
  std::vector<Evaluation> history_;
  Clock::time_point saved_ = Clock::now();
};

}  // namespace

std::vector<Evaluation> train(Captioner& model, const CaptionDataset& training, const CaptionDataset& dev,
                              const TrainerOptions& options, const TrainingReports& reports) {
  return Training(model, training, dev, options, reports).run();
}

}  // namespace saccade::models
