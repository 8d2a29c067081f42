#include "app/options/train_options.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "app/assets.hpp"
#include "app/options/model_option.hpp"
#include "core/text/unicode.hpp"
#include "core/text/vocabulary.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

/// Throws UsageError if a requested option differs from the model of --start.
template <typename Shape>
void require_same(const Given& given, Shape asked, Shape has) {
  const Fields of_asked = fields_of(asked), of_has = fields_of(has);
  for (std::size_t i = 0; i < of_asked.all().size(); ++i) {
    const Field& field = of_asked.all()[i];
    const std::string there = of_has.all()[i].text();
    if (field.name == "attention" || given.count(field.name) == 0 || field.text() == there) continue;
    throw UsageError(fmt::format("--{} {}: the model of --start has {}; leave out the option or use --new-decoder",
                                 field.name, field.text(), there));
  }
}

}  // namespace

void TrainOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  data.fields(f);
  f(data.single.train_list, "train-list", "FILE",
    "Read the file names of the training images from FILE, one per line. The default is the split of the captions, or "
    "else a random split.",
    kNothing);
  f(data.single.dev_list, "dev-list", "FILE",
    "Read the file names of the dev images, which select the best model, from FILE.", kNothing);
  f(trainer.output, "output", "FILE",
    "Write the model to FILE. Also write the scores (OUTPUT.csv), a report (OUTPUT.html) and the state of an "
    "unfinished training (OUTPUT.resume).",
    kNothing)
      .required = true;
  f(force, "force", "Replace a finished model at OUTPUT.", kNothing);
  f(trainer.cache, "cache", "DIR", "Keep the feature cache in this folder. The default is OUTPUT.cache.", kNothing);
  f(data.single.boxes, "boxes", "FILE",
    "Read boxes of the training images from FILE (JSON Lines, optionally compressed with gzip) for --boxes-weight.",
    kNothing);
  f(data.single.dev_boxes, "dev-boxes", "FILE",
    "Read boxes of the dev images from FILE, and report after each epoch how well the maps lie in them.", kNothing);
  f(license, "license", "TEXT", "Store this license in the model.", kNothing);
  f.section("Model");
  f(backbone_weights, "backbone-weights", "FILE",
    "Initialize a new model with pretrained encoder weights from FILE (.pth or .safetensors).", kNothing);
  f(start, "start", "MODEL",
    "Start from MODEL (soft, hard or a file) instead of new weights. --input-size may differ from that of MODEL.",
    kNothing);
  f(share_encoder, "share-encoder",
    "Store only the decoder, and read the encoder from the file of --start. Both files must stay in one folder, and "
    "the encoder stays frozen.",
    kNothing);
  f(new_decoder, "new-decoder", "Keep only the encoder of --start; build decoder and vocabulary from scratch.",
    kNothing);
  f(extend_vocabulary, "extend-vocabulary", "Add the words of the training captions to the vocabulary of --start.",
    kNothing);
  declare(f, load);
  encoder.fields(f);
  decoder.fields(f);
  data.single.data.token_fields(f);
  f(min_count, "min-count", Range{1, 1e6}, "Replace words that occur fewer than N times by <unk>.", kNothing);
  trainer.fields(f);
  compute.fields(f);
}

void TrainOptions::check(const Given& given) {
  sets = data.sets();
  check_lengths(trainer.search);
  if (backbone_weights.empty() == start.empty()) {
    throw UsageError("give either --backbone-weights for a new model or --start to continue from a model");
  }
  if (encoder.backbone == "torchscript") {
    refuse_unfreezing("a TorchScript backbone cannot be fine-tuned");
  }
  if (start.empty()) {
    try {
      models::require_input_size(encoder.backbone, encoder.input_size);
    } catch (const Error& error) {
      throw UsageError(fmt::format("--input-size: {}", error.what()));
    }
  }
  if (new_decoder && start.empty()) throw UsageError("--new-decoder requires --start");
  if (extend_vocabulary && start.empty()) throw UsageError("--extend-vocabulary requires --start");
  if (trainer.loss.teacher_share > 0 && start.empty()) {
    throw UsageError("--teacher-share requires --start, which is the teacher");
  }
  if (!is_utf8(license)) throw UsageError("--license must be UTF-8 text");
  if (share_encoder && !is_utf8(fs::path(start).filename().string())) {
    throw UsageError("--share-encoder: the file name of --start must be UTF-8 text; rename the file");
  }
  if (share_encoder && start.empty()) throw UsageError("--share-encoder requires --start");
  if (!start.empty()) start = model_file(start).string();
  std::vector<std::pair<const char*, fs::path>> read{{"start", start}, {"backbone-weights", backbone_weights}};
  for (const std::string& manifest : data.several) read.emplace_back("data", manifest);
  for (const DataSet& set : sets) {
    read.insert(read.end(), {{"captions", set.data.captions},
                             {"train-list", set.train_list},
                             {"dev-list", set.dev_list},
                             {"boxes", set.boxes},
                             {"dev-boxes", set.dev_boxes}});
  }
  for (const auto& [option, file] : read) {
    std::error_code error;
    if (!fs::equivalent(file, trainer.output, error)) continue;
    throw UsageError(fmt::format(
        "--output and --{} are the same file; choose another output, because resuming needs the input", option));
  }
  if (trainer.frozen.epochs + trainer.fine_tuning.epochs + trainer.self_critical.epochs == 0) {
    throw UsageError("there are no epochs to train; give --epochs, --fine-tune-epochs or --self-critical-epochs");
  }
  const bool boxes = std::any_of(sets.begin(), sets.end(), [](const DataSet& set) { return !set.boxes.empty(); });
  if ((trainer.loss.boxes_weight > 0) != boxes) {
    throw UsageError("--boxes and --boxes-weight require each other; give both or neither");
  }
  if (trainer.loss.occlusion_weight > 0 && trainer.fine_tuning.epochs == 0) {
    throw UsageError(
        "--occlusion-weight requires --fine-tune-epochs, because cached features do not cover hidden cells");
  }
  if (share_encoder) check_sharing();
  complete_attention(given);
  check_mechanisms();
  auto& estimator = trainer.estimator;
  if (estimator.baseline == models::Baseline::kLeaveOneOut && estimator.samples < 2) {
    if (given.count("baseline") != 0) throw UsageError("--baseline leave-one-out requires at least --samples 2");
    estimator.baseline = models::Baseline::kMovingAverage;
  }
  trainer.precision = compute.precision();  // dev captions are searched in float32, as caption and evaluate do
  if (trainer.cache.empty()) trainer.cache = trainer.output.string() + ".cache";
}

/// Multi-head attention defaults to scaled dot products, and a Transformer to multi-head attention.
void TrainOptions::complete_attention(const Given& given) {
  auto& attention = decoder.attention;
  if (decoder.decoder.name() == "transformer" && given.count("weighting") == 0)
    attention.weighting.choose("multi-head");
  if (attention.weighting.name() == "multi-head" && given.count("alignment") == 0) attention.alignment = "scaled-dot";
  const auto unused = [&given](std::initializer_list<const char*> options, const char* why) {
    for (const char* option : options) {
      if (given.count(option) != 0) throw UsageError(fmt::format("--{} {}", option, why));
    }
  };
  if (attention.attention == "none") {
    unused({"weighting", "alignment", "position-embeddings", "doubly-stochastic", "boxes", "dev-boxes",
            "occlusion-weight"},
           "requires attention; leave it out with --attention none");
  }
  if (decoder.decoder.name() != "lstm") unused({"placement", "initial-state"}, "requires --decoder lstm");
}

void TrainOptions::check_maps(const models::Captioner& model) const {
  if (model.decoder->maps().maps() > 0) return;
  const char* const asked = trainer.loss.boxes_weight > 0        ? "boxes"
                            : trainer.loss.occlusion_weight > 0  ? "occlusion-weight"
                            : trainer.loss.doubly_stochastic > 0 ? "doubly-stochastic"
                                                                 : nullptr;
  if (asked != nullptr) {
    throw UsageError(fmt::format("--{} requires a model with attention", asked));
  }
}

/// Throws UsageError with the reason `why` if a stage would train the encoder.
void TrainOptions::refuse_unfreezing(const char* why) const {
  const auto refuse = [why](const models::StageOptions& stage, const char* epochs, const char* rate) {
    if (stage.epochs == 0 || stage.encoder_learning_rate == 0) return;
    throw UsageError(fmt::format("{}; leave out --{}, or set --{} 0", why, epochs, rate));
  };
  refuse(trainer.fine_tuning, "fine-tune-epochs", "encoder-learning-rate");
  refuse(trainer.self_critical, "self-critical-epochs", "self-critical-encoder-learning-rate");
}

/// Throws UsageError if the options do not fit together. Constructs the new parts of the model, for a small vocabulary
/// and grid and without weights, so that every check of a constructor runs before any data are read.
void TrainOptions::check_mechanisms() const {
  const models::NoInitialization no_weights;
  try {
    if (start.empty() && encoder.backbone != "torchscript") models::Encoder made(encoder);
    if (!start.empty() && !new_decoder) return;
    constexpr std::int64_t kAnnotation = 8;
    models::make_decoder(decoder, {Vocabulary::kSpecials + 1, kAnnotation, Grid{2, 2}});
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

/// Throws UsageError if the new model cannot share the encoder of --start.
void TrainOptions::check_sharing() const {
  refuse_unfreezing("--share-encoder: fine-tuning would change the encoder");
  const auto folder = [](const fs::path& file) { return fs::weakly_canonical(fs::absolute(file).parent_path()); };
  if (folder(start) != folder(trainer.output)) {
    throw UsageError(fmt::format("--share-encoder: --output must be in the same folder as {}", start));
  }
}

void TrainOptions::check_shape(const Given& given, const models::Captioner& model) const {
  models::EncoderShape asked = encoder;
  const bool program = model.encoder->backbone().program().defined();  // which supports a single input size
  if (asked.map == models::FeatureMap::kAuto) asked.map = model.encoder->shape().map;
  if (!program) asked.input_size = model.encoder->shape().input_size;
  require_same(given, asked, model.encoder->shape());
  if (!new_decoder) require_same(given, decoder, model.decoder->options());
}

}  // namespace saccade::app
