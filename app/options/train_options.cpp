#include "app/options/train_options.hpp"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "app/assets.hpp"
#include "app/options/model_option.hpp"
#include "core/text/unicode.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

/// Throws UsageError where a shape that was asked for is not the one there is.
template <typename Shape>
void require_same(const Given& given, Shape asked, Shape has) {
  const Fields of_asked = fields_of(asked), of_has = fields_of(has);
  for (std::size_t i = 0; i < of_asked.all().size(); ++i) {
    const Field& field = of_asked.all()[i];
    const std::string there = of_has.all()[i].text();
    if (field.name == "attention" || given.count(field.name) == 0 || field.text() == there) continue;
    throw UsageError(fmt::format("--{} {}: the model at --start has {}", field.name, field.text(), there));
  }
}

}  // namespace

void TrainOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  data.fields(f);
  f(train_list, "train-list", "FILE",
    "Names of the training images, one a line; without lists the split is the captions' own, or drawn.", kNothing);
  f(dev_list, "dev-list", "FILE", "Names of the images that choose the best model.", kNothing);
  f(trainer.output, "output", "FILE",
    "Model to write; OUTPUT.csv logs every evaluation, OUTPUT.html shows them, OUTPUT.resume goes on where a killed "
    "training stopped.",
    kNothing)
      .required = true;
  f(force, "force", "Replace a finished model at OUTPUT.", kNothing);
  f(trainer.cache, "cache", "DIR", "Folder of the feature cache; OUTPUT.cache where it is not given.", kNothing);
  f(boxes, "boxes", "FILE", "Boxes around what the captions name, lines of JSON, plain or .gz: for --boxes-weight.",
    kNothing);
  f(dev_boxes, "dev-boxes", "FILE",
    "The same of the dev images: after every epoch is measured how well the maps lie in them.", kNothing);
  f(licence, "licence", "TEXT", "Licence to note in the model.", kNothing);
  f.section("Model");
  f(backbone_weights, "backbone-weights", "FILE", "Published weights for a new model: .pth or .safetensors.", kNothing);
  f(start, "start", "MODEL",
    "Begin with this model (a file, soft or hard) instead of new weights; --input-size may be another than its own.",
    kNothing);
  f(share_encoder, "share-encoder",
    "Leave the encoder in that model's file, beside which this one must stay; it cannot be fine-tuned then.", kNothing);
  f(new_decoder, "new-decoder", "Of that model take the encoder and the vocabulary alone.", kNothing);
  declare(f, load);
  encoder.fields(f);
  decoder.fields(f);
  f(min_count, "min-count", Range{1, 1e6}, "Words seen fewer times become <unk>.", kNothing);
  trainer.fields(f);
  compute.fields(f);
}

void TrainOptions::check(const Given& given) {
  data.complete();
  check_lengths(trainer.search);
  trainer.images = data.images;
  if (train_list.empty() != dev_list.empty()) {
    throw UsageError("--train-list and --dev-list belong together; without both, a split is drawn");
  }
  if (backbone_weights.empty() == start.empty()) {
    throw UsageError("give either --backbone-weights (a new model) or --start (to go on from a model)");
  }
  if (encoder.backbone == "torchscript") {
    refuse_thawing("a TorchScript backbone cannot be fine-tuned");
  }
  if (encoder.input_size % 32 != 0) {
    throw UsageError(fmt::format("--input-size must be a multiple of 32, not {}", encoder.input_size));
  }
  if (new_decoder && start.empty()) throw UsageError("--new-decoder needs --start, whose encoder it takes");
  if (trainer.loss.teacher_share > 0 && start.empty()) {
    throw UsageError("--teacher-share needs --start, who is the teacher");
  }
  if (!is_utf8(licence)) throw UsageError("--licence must be UTF-8 text, as all that a model's file notes");
  if (share_encoder && !is_utf8(fs::path(start).filename().string())) {
    throw UsageError("--share-encoder notes the name of --start's file, which must be UTF-8 text then; rename it");
  }
  if (share_encoder && start.empty()) throw UsageError("--share-encoder needs --start, whose encoder it shares");
  if (!start.empty()) start = model_file(start).string();
  const std::pair<const char*, fs::path> read[] = {{"start", start},
                                                   {"backbone-weights", backbone_weights},
                                                   {"captions", data.captions},
                                                   {"train-list", train_list},
                                                   {"dev-list", dev_list},
                                                   {"boxes", boxes},
                                                   {"dev-boxes", dev_boxes}};
  for (const auto& [option, file] : read) {
    std::error_code error;
    if (!fs::equivalent(file, trainer.output, error)) continue;
    throw UsageError(fmt::format(
        "--output must not be the file of --{}, with which a killed training would have to begin again", option));
  }
  if (trainer.frozen.epochs + trainer.fine_tuning.epochs + trainer.self_critical.epochs == 0) {
    throw UsageError("there is no epoch to train: give --epochs, --fine-tune-epochs or --self-critical-epochs");
  }
  if ((trainer.loss.boxes_weight > 0) != !boxes.empty()) {
    throw UsageError("--boxes and --boxes-weight belong together: the file, and how much it counts");
  }
  if (trainer.loss.occlusion_weight > 0 && trainer.fine_tuning.epochs == 0) {
    throw UsageError("--occlusion-weight needs --fine-tune-epochs: greyed pictures are encoded, not looked up");
  }
  if (share_encoder) check_sharing();
  complete_attention(given);
  auto& estimator = trainer.estimator;
  if (estimator.baseline == models::Baseline::kLeaveOneOut && estimator.samples < 2) {
    if (given.count("baseline") != 0) throw UsageError("--baseline leave-one-out needs --samples 2 at least");
    estimator.baseline = models::Baseline::kMovingAverage;
  }
  trainer.precision = trainer.search.precision = compute.precision();
  if (trainer.cache.empty()) trainer.cache = trainer.output.string() + ".cache";
}

/// Multi-head attention is a scaled dot product, and what a Transformer attends with unless something else is said.
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
    unused({"weighting", "alignment", "key-positions", "doubly-stochastic", "boxes", "dev-boxes", "occlusion-weight"},
           "is about attention, of which --attention none has none");
  }
  if (decoder.decoder.name() != "lstm") unused({"placement", "initial-state"}, "is about --decoder lstm");
}

void TrainOptions::check_maps(const models::Captioner& model) const {
  if (model.decoder->maps().maps() > 0) return;
  const char* const asked = trainer.loss.boxes_weight > 0        ? "boxes"
                            : trainer.loss.occlusion_weight > 0  ? "occlusion-weight"
                            : trainer.loss.doubly_stochastic > 0 ? "doubly-stochastic"
                                                                 : nullptr;
  if (asked != nullptr) {
    throw UsageError(
        fmt::format("--{} is about attention weights, of which a model without attention has none", asked));
  }
}

/// Throws UsageError where a stage would change the encoder, which `why` forbids.
void TrainOptions::refuse_thawing(const char* why) const {
  const auto refuse = [why](const models::StageOptions& stage, const char* epochs, const char* rate) {
    if (stage.epochs == 0 || stage.encoder_learning_rate == 0) return;
    throw UsageError(fmt::format("{}; leave out --{}, or set --{} 0", why, epochs, rate));
  };
  refuse(trainer.fine_tuning, "fine-tune-epochs", "encoder-learning-rate");
  refuse(trainer.self_critical, "self-critical-epochs", "self-critical-encoder-learning-rate");
}

/// Throws UsageError unless the new model's file can do without an encoder of its own.
void TrainOptions::check_sharing() const {
  refuse_thawing("--share-encoder: fine-tuning would change the encoder");
  const auto folder = [](const fs::path& file) { return fs::weakly_canonical(fs::absolute(file).parent_path()); };
  if (folder(start) != folder(trainer.output)) {
    throw UsageError(fmt::format("--share-encoder: --output must be in the folder of {}", start));
  }
}

void TrainOptions::check_shape(const Given& given, const models::Captioner& model) const {
  models::EncoderShape asked = encoder;
  const bool program = model.encoder->backbone().program().defined();  // which knows one size of pictures alone
  if (!program) asked.input_size = model.encoder->shape().input_size;
  require_same(given, asked, model.encoder->shape());
  if (!new_decoder) require_same(given, decoder, model.decoder->options());
}

}  // namespace saccade::app
