#include "models/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/metrics/cider.hpp"
#include "models/adam.hpp"
#include "models/checkpoint.hpp"
#include "models/feature_cache.hpp"
#include "models/safetensors.hpp"
#include "vision/augmentation.hpp"
#include "vision/image.hpp"

namespace saccade::models {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using nlohmann::json;
using torch::Tensor;

constexpr std::int64_t kDevBatch = 50;  // images whose beams are searched together

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// A seed for one purpose (stage, epoch, step ...), so that any of them can be started at without what came before.
std::uint64_t derived_seed(std::initializer_list<std::uint64_t> parts) {
  std::uint64_t state = 0x9E3779B97F4A7C15u;
  for (const std::uint64_t part : parts) {  // the finaliser of SplitMix64, once a part
    state += part + 0x9E3779B97F4A7C15u;
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
    state = (state ^ (state >> 27)) * 0x94D049BB133111EBu;
    state ^= state >> 31;
  }
  return state;
}

std::vector<std::string> names_of(const CaptionDataset& dataset) {
  std::vector<std::string> names;
  for (const auto& image : dataset) names.push_back(image.name);
  return names;
}

/// Everything about a training that changes from step to step and is not a tensor.
struct Position {
  std::size_t stage = 0;
  int epoch = 0;          // finished ones of the stage
  std::int64_t step = 0;  // finished ones of the epoch
  double loss = 0;        // sums over the epoch
  double cross_entropy = 0;
  double best = -1;
  int since_best = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Position, stage, epoch, step, loss, cross_entropy, best, since_best)

}  // namespace

// Found by nlohmann-json through the type's own namespace.
static void to_json(nlohmann::json& j, const Evaluation& e) {
  j = {{"stage", e.stage}, {"epoch", e.epoch},     {"loss", e.loss},       {"cross_entropy", e.cross_entropy},
       {"bleu", e.bleu},   {"cider_d", e.cider_d}, {"seconds", e.seconds}, {"best", e.best}};
}

static void from_json(const nlohmann::json& j, Evaluation& e) {
  j.at("stage").get_to(e.stage);
  j.at("epoch").get_to(e.epoch);
  j.at("loss").get_to(e.loss);
  j.at("cross_entropy").get_to(e.cross_entropy);
  j.at("bleu").get_to(e.bleu);
  j.at("cider_d").get_to(e.cider_d);
  j.at("seconds").get_to(e.seconds);
  j.at("best").get_to(e.best);
}

namespace {

class Training {
 public:
  Training(Captioner& model, const CaptionDataset& training, const CaptionDataset& dev, const TrainerOptions& options,
           const TrainingReports& reports)
      : model_(model), training_(training), dev_(dev), options_(options), reports_(reports),
        references_(references_of(dev)) {
    for (const auto& image : training_) {
      auto& captions = encoded_.emplace_back();
      for (const auto& words : image.captions) captions.push_back(model.vocabulary.encode(words));
    }
  }

  std::vector<Evaluation> run() {
    const bool resumed = fs::exists(resume_path());
    json state;
    if (resumed) state = read_resume_metadata();
    for (; position_.stage < stages_.size(); position_.stage++, position_ = next_stage()) {
      begin_stage();
      if (!state.is_null()) restore_tensors();
      state = nullptr;
      if (stage().epochs > 0) run_stage();
    }
    std::error_code ignored;
    fs::remove(resume_path(), ignored);
    return history_;
  }

 private:
  static metrics::CiderScorer references_of(const CaptionDataset& dataset) {
    std::vector<std::vector<metrics::Tokens>> references;
    for (const auto& image : dataset) references.push_back(image.captions);
    return metrics::CiderScorer(references);
  }

  const StageOptions& stage() const { return *stages_[position_.stage]; }
  bool fine_tuning() const { return position_.stage == 1; }
  const char* stage_name() const { return fine_tuning() ? "fine-tuning" : "frozen"; }
  fs::path resume_path() const { return options_.output.string() + ".resume"; }
  std::int64_t steps_per_epoch() const {
    return (static_cast<std::int64_t>(training_.size()) + options_.images_per_batch - 1) / options_.images_per_batch;
  }

  Position next_stage() const {
    Position next;
    next.stage = position_.stage;
    next.best = position_.best;
    return next;
  }

  // ---- the parts of a stage

  /// Collects what the stage trains, from the best model that the stage before left.
  void begin_stage() {
    if (fine_tuning() && !history_.empty() && fs::exists(options_.output)) {
      const Captioner best = load_checkpoint(options_.output);
      copy_weights(*best.encoder, *model_.encoder);
      copy_weights(*best.decoder, *model_.decoder);
    }
    parameters_.clear();
    rates_.clear();
    for (auto& parameter : model_.encoder->parameters()) parameter.requires_grad_(false);
    for (const auto& parameter : model_.decoder->parameters()) train_parameter(parameter, stage().learning_rate);
    if (fine_tuning()) {
      const auto parts = model_.encoder->backbone().stages();
      const auto thawed = std::min(parts.size(), static_cast<std::size_t>(options_.thawed_stages));
      for (std::size_t i = parts.size() - thawed; i < parts.size(); ++i) {
        for (auto parameter : parts[i]) {
          parameter.requires_grad_(true);
          train_parameter(parameter, stage().encoder_learning_rate);
        }
      }
    }
    Adam::Options adam;
    adam.weight_decay = options_.weight_decay;
    adam_ = std::make_unique<Adam>(parameters_, adam);
    average_.clear();
    for (const auto& parameter : parameters_) average_.push_back(parameter.detach().clone());
  }

  void train_parameter(const Tensor& parameter, double rate) {
    parameters_.push_back(parameter);
    rates_.push_back(rate);
  }

  static void copy_weights(const torch::nn::Module& from, torch::nn::Module& to) {
    const torch::NoGradGuard no_gradient;
    auto target = to.parameters();
    const auto source = from.parameters();
    for (std::size_t i = 0; i < target.size(); ++i) target[i].copy_(source[i]);
  }

  void run_stage() {
    if (!fine_tuning()) {
      const auto progress = [this](const char* what) {
        return [this, what](std::size_t done, std::size_t all) {
          if (reports_.caching) reports_.caching(what, done, all);
        };
      };
      train_features_ = std::make_unique<FeatureCache>(options_.cache, model_, options_.images, names_of(training_), 2,
                                                       progress("train"));
      dev_features_ = std::make_unique<FeatureCache>(options_.cache, model_, options_.images, names_of(dev_), 1,
                                                     progress("dev"));
    }
    while (position_.epoch < stage().epochs && position_.since_best < stage().patience) run_epoch();
    train_features_.reset();
    dev_features_.reset();
  }

  void run_epoch() {
    const auto started = Clock::now();
    std::vector<std::int64_t> order(training_.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937_64 random(derived_seed({options_.seed, position_.stage, static_cast<std::uint64_t>(position_.epoch)}));
    std::shuffle(order.begin(), order.end(), random);

    const std::int64_t first_step = position_.step;
    while (position_.step < steps_per_epoch()) {
      run_step(order);
      ++position_.step;
      TrainingProgress progress{stage_name(),     position_.epoch + 1, stage().epochs, position_.step,
                                steps_per_epoch(), position_.loss / static_cast<double>(position_.step), 0};
      progress.images_per_second =
          static_cast<double>((position_.step - first_step) * options_.images_per_batch) / seconds_since(started);
      if (reports_.step) reports_.step(progress);
      if (position_.step < steps_per_epoch() && seconds_since(saved_) > options_.save_minutes * 60) save_resume();
    }
    finish_epoch(started);
  }

  void run_step(const std::vector<std::int64_t>& order) {
    const auto seed = derived_seed({options_.seed, position_.stage, static_cast<std::uint64_t>(position_.epoch),
                                    static_cast<std::uint64_t>(position_.step), 1});
    std::mt19937_64 random(seed);
    torch::manual_seed(seed);
    const auto first = static_cast<std::size_t>(position_.step) * static_cast<std::size_t>(options_.images_per_batch);
    const std::vector<std::int64_t> images(
        order.begin() + static_cast<std::ptrdiff_t>(first),
        order.begin() + static_cast<std::ptrdiff_t>(
                            std::min(order.size(), first + static_cast<std::size_t>(options_.images_per_batch))));

    std::vector<std::vector<std::int64_t>> captions;
    std::vector<std::int64_t> image_of;
    for (std::size_t i = 0; i < images.size(); ++i) {
      for (const auto& caption : encoded_[static_cast<std::size_t>(images[i])]) {
        captions.push_back(caption);
        image_of.push_back(static_cast<std::int64_t>(i));
      }
    }
    CaptionBatch batch = pack(captions, image_of);
    const auto device = model_.device();
    for (Tensor* indices : {&batch.image, &batch.inputs, &batch.targets, &batch.row}) *indices = indices->to(device);

    model_.decoder->train();
    const Tensor annotations = fine_tuning() ? encode_varied(images, random) : cached(images, random).to(device);
    Decoder::TrainingOptions decoding;
    decoding.dropout = options_.dropout;
    decoding.precision = options_.precision;
    const Loss loss = caption_loss(model_.decoder->unroll(annotations, batch, decoding), batch, options_.loss);
    adam_->zero_gradients();
    loss.total.backward();
    const double norm = adam_->clip_gradients(options_.clip_norm);
    if (!std::isfinite(norm)) {
      throw Error("the training diverged in {} epoch {}, step {}: try a smaller --learning-rate", stage_name(),
                  position_.epoch + 1, position_.step + 1);
    }
    std::vector<double> rates = rates_;
    const double factor = schedule();
    for (double& rate : rates) rate *= factor;
    adam_->step(rates);
    update_average();
    position_.loss += loss.total.item<double>();
    position_.cross_entropy += loss.cross_entropy.item<double>();
  }

  Tensor cached(const std::vector<std::int64_t>& images, std::mt19937_64& random) const {
    std::vector<std::int64_t> views;
    for (std::size_t i = 0; i < images.size(); ++i) views.push_back(static_cast<std::int64_t>(random() & 1));
    return train_features_->gather(images, views);
  }

  Tensor encode_varied(const std::vector<std::int64_t>& images, std::mt19937_64& random) {
    const std::int64_t side = model_.preprocessing.input_size;
    Tensor pixels = torch::empty({static_cast<std::int64_t>(images.size()), side, side, 3});
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto& name = training_[static_cast<std::size_t>(images[i])].name;
      const cv::Mat picture = vision::augment(vision::read_image(options_.images / name), {}, random);
      vision::preprocess(picture, model_.preprocessing, pixels[static_cast<std::int64_t>(i)].data_ptr<float>());
    }
    return model_.encoder->forward(pixels.to(model_.device()));
  }

  /// Linear warm-up, then a cosine down to zero.
  double schedule() const {
    const double all = static_cast<double>(stage().epochs) * static_cast<double>(steps_per_epoch());
    const double done = static_cast<double>(position_.epoch) * static_cast<double>(steps_per_epoch()) +
                        static_cast<double>(position_.step) + 1;
    const double warm = std::max(1.0, options_.warm_up * all);
    if (done < warm) return done / warm;
    constexpr double kPi = 3.14159265358979323846;
    return 0.5 * (1 + std::cos(kPi * (done - warm) / std::max(1.0, all - warm)));
  }

  void update_average() {
    const torch::NoGradGuard no_gradient;
    const double steps = static_cast<double>(position_.epoch) * static_cast<double>(steps_per_epoch()) +
                         static_cast<double>(position_.step);
    // Shorter at first, so that the average soon forgets the weights that the stage began with.
    const double decay = std::min(options_.averaging, (1 + steps) / (10 + steps));
    for (std::size_t i = 0; i < parameters_.size(); ++i) average_[i].lerp_(parameters_[i], 1 - decay);
  }

  /// Exchanges the weights with their averages.
  void swap_average() {
    const torch::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Tensor current = parameters_[i].detach().clone();
      parameters_[i].copy_(average_[i]);
      average_[i].copy_(current);
    }
  }

  void finish_epoch(Clock::time_point started) {
    Evaluation evaluation;
    evaluation.stage = stage_name();
    evaluation.epoch = position_.epoch + 1;
    evaluation.loss = position_.loss / static_cast<double>(steps_per_epoch());
    evaluation.cross_entropy = position_.cross_entropy / static_cast<double>(steps_per_epoch());
    swap_average();
    evaluate(evaluation);
    evaluation.seconds = seconds_since(started);
    evaluation.best = evaluation.bleu[3] > position_.best;
    if (evaluation.best) {
      position_.best = evaluation.bleu[3];
      position_.since_best = 0;
      save_best(evaluation);
    } else {
      ++position_.since_best;
    }
    swap_average();
    history_.push_back(evaluation);
    ++position_.epoch;
    position_.step = 0;
    position_.loss = position_.cross_entropy = 0;
    save_resume();
    write_log();
    if (reports_.evaluation) reports_.evaluation(evaluation);
  }

  void evaluate(Evaluation& evaluation) {
    std::vector<metrics::ScoredItem> items;
    std::vector<metrics::Tokens> hypotheses;
    for (std::size_t first = 0; first < dev_.size(); first += kDevBatch) {
      const auto count = std::min<std::size_t>(kDevBatch, dev_.size() - first);
      const Tensor annotations = dev_annotations(first, count);
      const auto captions = model_.caption(annotations, options_.search);
      for (std::size_t i = 0; i < count; ++i) {
        hypotheses.push_back(captions[i].front().words);
        items.push_back({dev_[first + i].name, hypotheses.back(), dev_[first + i].captions});
      }
    }
    evaluation.bleu = metrics::bleu(items).corpus;
    evaluation.cider_d = references_.score(hypotheses).cider_d.corpus;
  }

  Tensor dev_annotations(std::size_t first, std::size_t count) {
    if (dev_features_) return dev_features_->range(static_cast<std::int64_t>(first), static_cast<std::int64_t>(count));
    std::vector<Tensor> parts;
    constexpr std::size_t kEncoderBatch = 16;
    for (std::size_t i = first; i < first + count; i += kEncoderBatch) {
      std::vector<fs::path> files;
      for (std::size_t j = i; j < std::min(i + kEncoderBatch, first + count); ++j) {
        files.push_back(options_.images / dev_[j].name);
      }
      parts.push_back(model_.encode(load_pixels(files, model_.preprocessing)));
    }
    return at::cat(parts);
  }

  // ---- files

  void save_best(const Evaluation& evaluation) {
    json summary = evaluation;
    summary["beam"] = options_.search.beam;
    model_.notes["training_summary"] = summary.dump();
    save_checkpoint(options_.output, model_);
  }

  void write_log() const {
    std::string text = "stage,epoch,loss,cross_entropy,bleu_1,bleu_2,bleu_3,bleu_4,cider_d,seconds,best\n";
    for (const auto& e : history_) {
      text += fmt::format("{},{},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.1f},{}\n", e.stage, e.epoch, e.loss,
                          e.cross_entropy, e.bleu[0], e.bleu[1], e.bleu[2], e.bleu[3], e.cider_d, e.seconds,
                          e.best ? 1 : 0);
    }
    write_file(options_.output.string() + ".csv", text);
  }

  /// What must be the same for a resumed training to come to the same result.
  std::string signature() const {
    const auto& o = options_;
    std::string text = fmt::format("{} {} {} {} {} {} {} {} {} {} {}", o.seed, o.images_per_batch, o.thawed_stages,
                                   o.dropout, o.loss.label_smoothing, o.loss.doubly_stochastic, o.weight_decay,
                                   o.clip_norm, o.warm_up, o.averaging, static_cast<int>(o.precision));
    for (const StageOptions* stage : stages_) {
      text += fmt::format(" {} {} {} {}", stage->epochs, stage->learning_rate, stage->encoder_learning_rate,
                          stage->patience);
    }
    return text + fmt::format(" {} {} {} {}", training_.size(), dev_.size(), model_.vocabulary.size(), o.search.beam);
  }

  void save_resume() {
    StateDict tensors;
    for (auto& [name, tensor] : adam_->state()) tensors["adam." + name] = tensor.to(torch::kCPU);
    for (const auto& parameter : model_.encoder->named_parameters()) {
      tensors["encoder." + parameter.key()] = parameter.value().detach().to(torch::kCPU);
    }
    for (const auto& parameter : model_.decoder->named_parameters()) {
      tensors["decoder." + parameter.key()] = parameter.value().detach().to(torch::kCPU);
    }
    for (std::size_t i = 0; i < average_.size(); ++i) {
      tensors[fmt::format("average.{}", i)] = average_[i].to(torch::kCPU);
    }
    write_safetensors(resume_path(), tensors,
                      {{"format", "saccade resume 1"},
                       {"signature", signature()},
                       {"position", json(position_).dump()},
                       {"history", json(history_).dump()}});
    saved_ = Clock::now();
  }

  json read_resume_metadata() {
    const SafetensorsFile file(resume_path());
    try {
      if (file.metadata().at("signature") != signature()) {
        throw Error("{}: was written by a training with other options or data; delete it to begin anew",
                    resume_path().string());
      }
      position_ = json::parse(file.metadata().at("position")).get<Position>();
      history_ = json::parse(file.metadata().at("history")).get<std::vector<Evaluation>>();
      if (position_.stage >= stages_.size()) throw Error("{}: is damaged", resume_path().string());
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      throw Error("{}: is not a training to resume: {}", resume_path().string(), error.what());
    }
    if (reports_.note) {
      reports_.note(fmt::format("going on with {} epoch {}, step {} from {}", stage_name(), position_.epoch + 1,
                                position_.step + 1, resume_path().string()));
    }
    return true;
  }

  void restore_tensors() {
    const torch::NoGradGuard no_gradient;
    const SafetensorsFile file(resume_path());
    const StateDict tensors = file.all();
    const auto take = [&](const std::string& name, Tensor into) {
      const auto found = tensors.find(name);
      if (found == tensors.end() || found->second.sizes() != into.sizes()) {
        throw Error("{}: its tensor '{}' does not fit this training", resume_path().string(), name);
      }
      into.copy_(found->second);
    };
    for (auto& parameter : model_.encoder->named_parameters()) take("encoder." + parameter.key(), parameter.value());
    for (auto& parameter : model_.decoder->named_parameters()) take("decoder." + parameter.key(), parameter.value());
    for (std::size_t i = 0; i < average_.size(); ++i) take(fmt::format("average.{}", i), average_[i]);
    StateDict adam;
    for (const auto& [name, tensor] : tensors) {
      if (name.rfind("adam.", 0) == 0) adam[name.substr(5)] = tensor;
    }
    adam_->load_state(adam);
  }

  Captioner& model_;
  const CaptionDataset& training_;
  const CaptionDataset& dev_;
  const TrainerOptions& options_;
  const TrainingReports& reports_;
  const metrics::CiderScorer references_;
  const std::vector<const StageOptions*> stages_{&options_.frozen, &options_.fine_tuning};

  std::vector<std::vector<std::vector<std::int64_t>>> encoded_;  // captions of each training image
  std::unique_ptr<FeatureCache> train_features_, dev_features_;  // of the frozen stage
  std::vector<Tensor> parameters_;                               // what the stage trains
  std::vector<double> rates_;                                    // peak learning rate of each
  std::vector<Tensor> average_;                                  // moving average of each
  std::unique_ptr<Adam> adam_;
  Position position_;
  std::vector<Evaluation> history_;
  Clock::time_point saved_ = Clock::now();
};

}  // namespace

std::vector<Evaluation> train(Captioner& model, const CaptionDataset& training, const CaptionDataset& dev,
                              const TrainerOptions& options, const TrainingReports& reports) {
  return Training(model, training, dev, options, reports).run();
}

}  // namespace saccade::models
