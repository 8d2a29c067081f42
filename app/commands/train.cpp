// saccade train: from a captions dataset to a model file.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/options/device.hpp"
#include "app/options/options.hpp"
#include "app/output/progress.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "models/checkpoint.hpp"
#include "models/training/trainer.hpp"
#include "models/weights/weights_file.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

struct TrainArguments {
  std::string captions, train_list, dev_list;
  std::string backbone_weights, start;
  bool new_decoder = false;
  bool share_encoder = false;
  std::string licence;
  models::EncoderShape encoder;
  int stride = 32;
  models::DecoderShape decoder;
  int min_count = 5;
  std::string baseline = "leave-one-out";
  std::string reward = "to-go";
  std::string hard = "argmax";
  std::string precision = "auto";
  int threads = 0;
  std::string device = "auto";
  models::TrainerOptions trainer;
};

po::options_description describe(TrainArguments& a) {
  const auto path = [](fs::path* target) {
    return po::value<std::string>()
        ->notifier([target](const std::string& text) { *target = text; })
        ->value_name("PATH");
  };
  const auto number = [](auto* target) { return po::value(target)->default_value(*target)->value_name("N"); };
  const auto real = [](double* target) {
    return po::value(target)->default_value(*target, fmt::format("{}", *target))->value_name("X");
  };
  auto& t = a.trainer;

  // clang-format off
  po::options_description data("Data");
  data.add_options()
      ("images", path(&t.images)->required(), "folder of the images")
      ("captions", po::value(&a.captions)->required()->value_name("FILE"),
       "captions: lines `name#k<TAB>caption`, or Karpathy's JSON")
      ("train-list", po::value(&a.train_list)->required()->value_name("FILE"), "names of the training images, one a line")
      ("dev-list", po::value(&a.dev_list)->required()->value_name("FILE"), "names of the images that choose the best model")
      ("output", path(&t.output)->required(), "model to write; OUTPUT.csv logs every evaluation, OUTPUT.resume goes on "
       "where a killed training stopped")
      ("cache", path(&t.cache), "folder of the feature cache (default: OUTPUT.cache)")
      ("licence", po::value(&a.licence)->value_name("TEXT"), "licence to note in the model");
  po::options_description model("Model");
  model.add_options()
      ("backbone", po::value(&a.encoder.backbone)->default_value(a.encoder.backbone)->value_name("NAME"),
       fmt::format("one of {}", fmt::join(models::backbone_names(), ", ")).c_str())
      ("backbone-weights", po::value(&a.backbone_weights)->value_name("FILE"),
       "published weights: .pth or .safetensors")
      ("start", po::value(&a.start)->value_name("MODEL"), "begin with this model (a file, soft or hard) instead of new weights")
      ("share-encoder", po::bool_switch(&a.share_encoder),
       "leave the encoder in that model's file, beside which this one must stay; it cannot be fine-tuned then")
      ("new-decoder", po::bool_switch(&a.new_decoder), "of that model take the encoder and the vocabulary alone")
      ("stride", number(&a.stride), "input pixels a grid cell: 32 or 16")
      ("input-size", number(&a.encoder.input_size), "side of the network's input, a multiple of 32")
      ("embedding", number(&a.decoder.embedding), "width of the word embedding")
      ("hidden", number(&a.decoder.hidden), "width of the LSTM's state")
      ("alignment-width", number(&a.decoder.alignment_width), "width of the space in which state and cells are aligned")
      ("alignment", po::value(&a.decoder.alignment)->default_value(a.decoder.alignment)->value_name("NAME"),
       fmt::format("alignment score: {}", fmt::join(models::alignment_names(), ", ")).c_str())
      ("attention", po::value(&a.decoder.attention)->default_value(a.decoder.attention)->value_name("NAME"),
       fmt::format("attention: {}", fmt::join(models::attention_names(), ", ")).c_str())
      ("min-count", number(&a.min_count), "words seen fewer times become <unk>");
  po::options_description training("Training");
  training.add_options()
      ("epochs", number(&t.frozen.epochs), "passes with the encoder frozen")
      ("learning-rate", real(&t.frozen.learning_rate), "its peak rate")
      ("fine-tune-epochs", number(&t.fine_tuning.epochs), "passes over pictures varied at random, afterwards")
      ("fine-tune-learning-rate", real(&t.fine_tuning.learning_rate), "peak rate of the decoder there")
      ("encoder-learning-rate", real(&t.fine_tuning.encoder_learning_rate), "peak rate of the encoder there; 0 keeps it as it is")
      ("thawed-stages", number(&t.thawed_stages), "parts of the backbone, from its end, that are fine-tuned")
      ("patience", number(&t.patience), "epochs without a better dev BLEU-4 that end a stage")
      ("images-per-batch", number(&t.images_per_batch), "images a step, each with all its captions")
      ("word-dropout", real(&t.word_dropout), "of the embedded words")
      ("dropout", real(&t.dropout), "of the deep output's hidden layer")
      ("label-smoothing", real(&t.loss.label_smoothing), "share of the target spread over all words")
      ("doubly-stochastic", real(&t.loss.doubly_stochastic), "lambda; the term is a mean over captions and cells")
      ("teacher-share", real(&t.loss.teacher_share),
       "share of the target that is what the --start model says, seeing the expectation")
      ("weight-decay", real(&t.weight_decay), "decoupled, of matrices")
      ("averaging", real(&t.averaging), "decay of the weights' moving average")
      ("seed", number(&t.seed), "of all randomness")
      ("precision", po::value(&a.precision)->default_value(a.precision)->value_name("NAME"),
       "of large matrix products: auto, float32 or bfloat16 (auto: where the processor has it)")
      ("threads", number(&a.threads), "0: one for each core")
      ("device", po::value(&a.device)->default_value(a.device)->value_name("NAME"), "auto, cpu or cuda");
  po::options_description estimator("Hard attention");
  estimator.add_options()
      ("samples", number(&t.estimator.samples), "paths of attention drawn for each caption")
      ("expected-share", real(&t.estimator.expected_share), "chance that an image is seen by expectation, not by samples")
      ("baseline", po::value(&a.baseline)->default_value(a.baseline)->value_name("NAME"),
       fmt::format("what is taken off the reward: {}; of a single sample the moving average is",
                   fmt::join(models::baseline_names(), ", "))
           .c_str())
      ("baseline-decay", real(&t.estimator.baseline_decay), "of the moving average")
      ("reward", po::value(&a.reward)->default_value(a.reward)->value_name("NAME"),
       "what a choice earns: log p of the words from its own on (to-go) or of all (total)")
      ("reward-weight", real(&t.estimator.reward_weight), "lambda_r; only 1 is without bias")
      ("entropy-weight", real(&t.estimator.entropy_weight), "lambda_e")
      ("soft-share", real(&t.soft_share), "share of a stage, from its beginning, that is trained as soft attention is")
      ("temperature", real(&t.temperature), "of the attention weights at first; falls to 1 by the middle of a stage")
      ("hard", po::value(&a.hard)->default_value(a.hard)->value_name("NAME"),
       "how the dev images are looked at: expected, argmax or sample");
  // clang-format on
  data.add(model).add(training).add(estimator);
  return data;
}

/// Throws UsageError unless the new model's file can do without an encoder of its own.
void check_sharing(const TrainArguments& a) {
  if (a.start.empty()) throw UsageError("--share-encoder needs --start, whose encoder it shares");
  if (a.trainer.fine_tuning.epochs > 0 && a.trainer.fine_tuning.encoder_learning_rate > 0) {
    throw UsageError(
        "--share-encoder: fine-tuning would change the encoder; leave it out, or set --encoder-learning-rate 0");
  }
  const auto folder = [](const fs::path& file) { return fs::weakly_canonical(fs::absolute(file).parent_path()); };
  if (folder(a.start) != folder(a.trainer.output)) {
    throw UsageError(fmt::format("--share-encoder: --output must be in the folder of {}", a.start));
  }
  std::error_code error;
  if (fs::equivalent(a.start, a.trainer.output, error)) {
    throw UsageError("--share-encoder: --output must not be the file that holds the encoder");
  }
}

void check(TrainArguments& a, const po::variables_map& values) {
  auto& t = a.trainer;
  if (values.count("backbone-weights") == values.count("start")) {
    throw UsageError("give either --backbone-weights (a new model) or --start (to go on from a model)");
  }
  if (!a.start.empty()) a.start = model_file(a.start).string();
  if (a.new_decoder && a.start.empty()) throw UsageError("--new-decoder needs --start, whose encoder it takes");
  if (a.share_encoder) check_sharing(a);
  if (a.stride != 16 && a.stride != 32) throw UsageError(fmt::format("--stride must be 16 or 32, not {}", a.stride));
  a.encoder.map = a.stride == 32 ? models::FeatureMap::kStride32 : models::FeatureMap::kStride16;
  check_name("backbone", a.encoder.backbone, models::backbone_names());
  check_name("alignment", a.decoder.alignment, models::alignment_names());
  check_name("attention", a.decoder.attention, models::attention_names());
  if (a.encoder.input_size < 32 || a.encoder.input_size > 1024 || a.encoder.input_size % 32 != 0) {
    throw UsageError(fmt::format("--input-size must be a multiple of 32 up to 1024, not {}", a.encoder.input_size));
  }
  check_range("threads", a.threads, 0, 1024);
  for (const auto& [name, width] : {std::pair{"embedding", a.decoder.embedding},
                                    {"hidden", a.decoder.hidden},
                                    {"alignment-width", a.decoder.alignment_width}}) {
    check_range(name, static_cast<double>(width), 1, 8192);
  }
  check_range("epochs", t.frozen.epochs, 0, 10000);
  check_range("fine-tune-epochs", t.fine_tuning.epochs, 0, 10000);
  check_range("patience", t.patience, 1, 10000);
  check_range("images-per-batch", t.images_per_batch, 1, 4096);
  check_range("thawed-stages", t.thawed_stages, 1, 100);
  check_range("min-count", a.min_count, 1, 1e6);
  check_range("word-dropout", t.word_dropout, 0, 0.95);
  check_range("dropout", t.dropout, 0, 0.95);
  check_range("label-smoothing", t.loss.label_smoothing, 0, 0.9);
  check_range("doubly-stochastic", t.loss.doubly_stochastic, 0, 1e6);
  check_range("teacher-share", t.loss.teacher_share, 0, 1);
  if (t.loss.teacher_share > 0 && a.start.empty())
    throw UsageError("--teacher-share needs --start, who is the teacher");
  check_range("averaging", t.averaging, 0, 0.99999);
  for (const char* rate : {"learning-rate", "fine-tune-learning-rate", "encoder-learning-rate", "weight-decay"}) {
    check_range(rate, values[rate].as<double>(), 0, 10);
  }
  check_range("samples", t.estimator.samples, 1, 1000);
  check_range("expected-share", t.estimator.expected_share, 0, 1);
  check_range("baseline-decay", t.estimator.baseline_decay, 0, 1);
  check_range("reward-weight", t.estimator.reward_weight, 0, 1e6);
  check_range("entropy-weight", t.estimator.entropy_weight, 0, 1e6);
  check_range("soft-share", t.soft_share, 0, 1);
  check_range("temperature", t.temperature, 0.01, 100);
  check_name("baseline", a.baseline, models::baseline_names());
  t.estimator.baseline = models::baseline_of(a.baseline);
  if (t.estimator.baseline == models::Baseline::kLeaveOneOut && t.estimator.samples < 2) {
    if (!values["baseline"].defaulted()) throw UsageError("--baseline leave-one-out needs --samples 2 at least");
    t.estimator.baseline = models::Baseline::kMovingAverage;
  }
  check_name("reward", a.reward, {"to-go", "total"});
  t.estimator.reward_to_go = a.reward == "to-go";
  check_name("hard", a.hard, models::cell_choices().names());
  t.search.cell = models::cell_choices().at(a.hard);
  t.precision = t.search.precision = precision_of(a.precision);
  if (t.cache.empty()) t.cache = t.output.string() + ".cache";
}

/// A decoder with new weights for the model's encoder and vocabulary.
std::shared_ptr<models::Decoder> new_decoder(models::DecoderShape shape, const models::Captioner& model) {
  shape.vocabulary = model.vocabulary.size();
  shape.annotation = model.encoder->annotation_width();
  shape.cells = model.encoder->grid().cells();
  return std::make_shared<models::Decoder>(shape);
}

models::Captioner new_model(const TrainArguments& a, const CaptionDataset& training) {
  std::vector<std::vector<std::string>> captions;
  for (const auto& image : training) captions.insert(captions.end(), image.captions.begin(), image.captions.end());
  models::Captioner model{
      std::make_shared<models::Encoder>(a.encoder), nullptr, Vocabulary::build(captions, a.min_count), {}, {}, {}};
  model.encoder->backbone().load_published(models::read_weights(a.backbone_weights), a.backbone_weights);
  model.encoder->channels_last();
  model.preprocessing.input_size = a.encoder.input_size;
  model.decoder = new_decoder(a.decoder, model);
  return model;
}

/// Throws UsageError when the command line asks for another shape than the model to start with has.
void check_shape(const TrainArguments& a, const po::variables_map& values, const models::Captioner& model) {
  const auto same = [&values](const char* option, const auto& asked, const auto& has) {
    if (values[option].defaulted() || asked == has) return;
    throw UsageError(fmt::format("--{} {}: the model at --start has {}", option, asked, has));
  };
  const models::EncoderShape& encoder = model.encoder->shape();
  same("backbone", a.encoder.backbone, encoder.backbone);
  same("stride", a.stride, models::stride_of(encoder.map));
  same("input-size", a.encoder.input_size, encoder.input_size);
  if (a.new_decoder) return;
  const models::DecoderShape& decoder = model.decoder->shape();
  same("embedding", a.decoder.embedding, decoder.embedding);
  same("hidden", a.decoder.hidden, decoder.hidden);
  same("alignment-width", a.decoder.alignment_width, decoder.alignment_width);
  same("alignment", a.decoder.alignment, decoder.alignment);
}

/// The model that the training begins with.
models::Captioner first_model(const TrainArguments& a, const po::variables_map& values,
                              const CaptionDataset& training) {
  if (a.start.empty()) return new_model(a, training);
  models::Captioner model = models::load_checkpoint(a.start);
  check_shape(a, values, model);
  if (!a.share_encoder) {
    model.encoder_file.clear();
  } else if (model.encoder_file.empty()) {
    model.encoder_file = fs::path(a.start).filename().string();
  }
  if (a.new_decoder) {
    model.decoder = new_decoder(a.decoder, model);
  } else if (!values["attention"].defaulted()) {
    model.decoder->set_attention(a.decoder.attention);
  }
  return model;
}

/// The command line for the model's notes, with files by their names alone: where they were is nobody's business.
std::string command_of(const std::vector<std::string>& arguments) {
  std::string text = "saccade train";
  for (const auto& argument : arguments) text += " " + fs::path(argument).filename().string();
  return text;
}

std::string describe_evaluation(const models::Evaluation& e) {
  return fmt::format(
      "{} epoch {}: loss {:.3f}, dev BLEU-1..4 {:.1f} {:.1f} {:.1f} {:.2f}, CIDEr-D {:.3f}, entropy {:.2f}, {}{}",
      e.stage, e.epoch, e.loss, 100 * e.bleu[0], 100 * e.bleu[1], 100 * e.bleu[2], 100 * e.bleu[3], e.cider_d,
      e.entropy, duration(e.seconds), e.best ? "  (best)" : "");
}

}  // namespace

int run_train(const std::vector<std::string>& arguments) {
  TrainArguments a;
  const po::options_description options = describe(a);
  const auto values =
      parse(arguments, options, {}, "Usage: saccade train [OPTION...]\n\nTrains a model on a captions dataset.");
  if (!values) return kSuccess;
  check(a, *values);
  use_threads(a.threads);
  const torch::Device device = device_of(a.device);

  const CaptionDataset all = read_captions(a.captions);
  const CaptionDataset training = select(all, read_list(a.train_list), a.captions);
  const CaptionDataset dev = select(all, read_list(a.dev_list), a.captions);
  if (!fs::is_directory(a.trainer.images))
    throw Error("{}: there is no such folder of images", a.trainer.images.string());
  for (const auto* part : {&training, &dev}) {
    for (const auto& image : *part) {
      if (!fs::exists(a.trainer.images / image.name)) {
        throw Error("{}: the listed image does not exist", (a.trainer.images / image.name).string());
      }
    }
  }
  write_file(a.trainer.output.string() + ".csv", "");  // better to learn now than in an hour that it cannot be written

  torch::manual_seed(a.trainer.seed);
  models::Captioner model = first_model(a, *values, training);
  model.to(device);
  if (a.trainer.loss.teacher_share > 0) {
    a.trainer.teacher = models::load_checkpoint(a.start).decoder;
    a.trainer.teacher->set_attention("soft");
    a.trainer.teacher->to(device);
  }
  if (!a.licence.empty()) model.notes["licence"] = a.licence;
  model.notes["provenance"] += command_of(arguments) + "\n";

  std::int64_t parameters = 0;
  for (const auto& parameter : model.decoder->parameters()) parameters += parameter.numel();
  ProgressLine progress;
  std::string last_scores;
  models::TrainingReports reports;
  reports.caching = [&](const char* what, std::size_t done, std::size_t count) {
    progress.show(fmt::format("features of {}", what), static_cast<double>(done), static_cast<double>(count),
                  fmt::format("{}/{} images", done, count));
  };
  reports.step = [&](const models::TrainingProgress& p) {
    const double left = static_cast<double>((p.steps - p.step) * a.trainer.images_per_batch) / p.images_per_second;
    progress.show(fmt::format("{} epoch {}/{}", p.stage, p.epoch, p.epochs), static_cast<double>(p.step),
                  static_cast<double>(p.steps),
                  fmt::format("{:.0f} images/s, {} left, loss {:.3f}{}", p.images_per_second, duration(left), p.loss,
                              last_scores));
  };
  reports.evaluation = [&](const models::Evaluation& e) {
    last_scores = fmt::format(", dev BLEU-4 {:.2f}", 100 * e.bleu[3]);
    progress.print(describe_evaluation(e));
  };
  reports.note = [&](const std::string& text) { progress.print(text); };

  progress.print(fmt::format("{} training and {} dev images, {} words, {} parameters to train, {} products",
                             training.size(), dev.size(), model.vocabulary.size(), parameters,
                             a.trainer.precision == models::Precision::kBfloat16 ? "bfloat16" : "float32"));
  models::train(model, training, dev, a.trainer, reports);
  progress.print(fmt::format("the best model is {}", a.trainer.output.string()));
  return kSuccess;
}

}  // namespace saccade::app
