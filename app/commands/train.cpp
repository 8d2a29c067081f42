// saccade train: trains a model on captions datasets.

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <torch/types.h>

#include "app/command.hpp"
#include "app/data/checked_data.hpp"
#include "app/options/train_options.hpp"
#include "app/output/output_guard.hpp"
#include "app/output/page_template.hpp"
#include "app/output/training_page.hpp"
#include "app/output/training_report.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/interruption.hpp"
#include "core/base/locked_file.hpp"
#include "core/data/dataset.hpp"
#include "core/text/printable.hpp"
#include "models/checkpoint.hpp"
#include "models/training/trainer.hpp"
#include "models/weights/safetensors.hpp"
#include "vision/files/image.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

/// A decoder with new weights for the model's encoder and vocabulary.
std::shared_ptr<models::Decoder> new_decoder(const models::DecoderOptions& options, const models::Captioner& model) {
  return models::make_decoder(options,
                              {model.vocabulary.size(), model.encoder->annotation_width(), model.encoder->grid()});
}

Vocabulary vocabulary_of(const CaptionDataset& training, int min_count) {
  std::vector<std::vector<std::string>> captions;
  for (const auto& image : training) captions.insert(captions.end(), image.captions.begin(), image.captions.end());
  Vocabulary vocabulary = Vocabulary::build(captions, min_count);
  if (vocabulary.size() > Vocabulary::kSpecials) return vocabulary;
  throw Error("--min-count {}: no word of the training captions occurs so often; use a smaller value", min_count);
}

models::Captioner new_model(const TrainOptions& options, const CaptionDataset& training) {
  models::Captioner model{std::make_shared<models::Encoder>(options.encoder, options.load),
                          nullptr,
                          vocabulary_of(training, options.min_count),
                          {},
                          {},
                          {}};
  model.encoder->load_file(options.backbone_weights);
  model.encoder->channels_last();
  model.preprocessing = model.encoder->preprocessing();
  if (options.tokens() != models::tokens_of({})) model.notes[models::kTokensNote] = options.tokens();
  model.decoder = new_decoder(options.decoder, model);
  return model;
}

/// Adds unknown words of the training captions to the vocabulary; known words keep their indices.
void extend_vocabulary(models::Captioner& model, const CaptionDataset& training, int min_count) {
  std::vector<std::string> words = model.vocabulary.words();
  for (const std::string& word : vocabulary_of(training, min_count).words()) {
    if (model.vocabulary.index(word) == Vocabulary::kUnknown) words.push_back(word);
  }
  model.vocabulary = Vocabulary(words);
  model.decoder = models::extended(*model.decoder, model.vocabulary.size());
}

/// Splits captions into tokens as the model of --start does.
void take_tokens(TrainOptions& options, const Given& given) {
  if (options.start.empty()) return;
  const std::string stored = models::tokens_of(models::SafetensorsFile(options.start).metadata());
  if (given.count("tokens") != 0 && options.tokens() != stored) {
    throw UsageError(fmt::format("--tokens {}: the model of --start has {}", options.tokens(), stored));
  }
  for (DataSet& set : options.sets) set.data.tokens = stored;
}

/// The initial model.
models::Captioner first_model(const TrainOptions& options, const Given& given, const CaptionDataset& training) {
  if (options.start.empty()) return new_model(options, training);
  models::Captioner model = models::load_checkpoint(options.start, options.load);
  options.check_shape(given, model);
  if (given.count("input-size") != 0) model.resize(options.encoder.input_size);
  if (!options.share_encoder) {
    model.encoder_file.clear();
  } else if (model.encoder_file.empty()) {
    model.encoder_file = fs::path(options.start).filename().string();
  }
  if (options.new_decoder) {
    model.length_penalty = models::kDefaultLengthPenalty;  // the values of the old decoder do not apply
    model.specificity = 0;
    model.vocabulary = vocabulary_of(training, options.min_count);
    model.decoder = new_decoder(options.decoder, model);
    model.notes.erase("boxes");  // its maps were not supervised
  } else if (given.count("attention") != 0) {
    const std::string& asked = options.decoder.attention.attention;
    if (asked != model.decoder->options().attention.attention) model.decoder->set_attention(asked);
  }
  if (options.extend_vocabulary) extend_vocabulary(model, training, options.min_count);
  return model;
}

/// All files that a training writes.
struct Outputs {
  fs::path model, page, log, resume;

  explicit Outputs(const fs::path& output)
      : model(output),
        page(output.string() + ".html"),
        log(output.string() + ".csv"),
        resume(output.string() + ".resume") {}
};

/// Throws Error if the training would replace a finished model without --force. An interrupted training leaves
/// OUTPUT.resume, a finished one does not (models/training/trainer.hpp).
void require_free(const fs::path& output, bool force) {
  if (fs::is_directory(output)) throw Error("{}: is a folder; choose another --output", output.string());
  if (!fs::exists(output) || fs::exists(output.string() + ".resume") || force) return;
  throw Error("{}: a finished model exists; choose another --output or use --force", output.string());
}

/// The same for the report and the log, which other programs may have written. Inputs are never replaced.
void claim_outputs(const TrainOptions& options, const Given& given) {
  OutputGuard guard(options.force);
  for (const std::string& manifest : options.data.several) guard.add_input(manifest);
  for (const DataSet& set : options.sets) {
    guard.add_captions(set.data.captions);
    for (const fs::path& file : {set.train_list, set.dev_list, set.boxes, set.dev_boxes}) guard.add_input(file);
  }
  for (const fs::path& file : {options.backbone_weights, config_file(given)}) guard.add_input(file);
  guard.add_model(options.start);
  const Outputs outputs(options.trainer.output);
  guard.claim(outputs.model, true);  // require_free has checked the rest
  guard.claim(outputs.resume, true);
  guard.claim(outputs.page, is_page(outputs.page));
  guard.claim(outputs.log, models::is_evaluation_log(outputs.log));
}

/// Throws Error if an output would replace a photo.
void require_no_photo(const fs::path& output, const CaptionDataset& dataset) {
  OutputGuard guard(/*force=*/true);
  for (const auto& image : dataset) guard.add_input(image.file);
  const Outputs outputs(output);
  for (const fs::path& file : {outputs.model, outputs.resume, outputs.page, outputs.log}) guard.claim(file, true);
}

std::shared_ptr<const Entities> entities_of(const fs::path& file) {
  return file.empty() ? nullptr : std::make_shared<const Entities>(file);
}

/// Reads a data set and checks all of its photos.
models::TrainingSet read_set(const DataSet& set, const fs::path& output) {
  CheckedData data(set.data);
  const Split split = set.train_list.empty() ? data.split() : Split{};
  models::TrainingSet result{
      set.name,  data.part(set.train_list, split.train), data.part(set.dev_list, split.dev), nullptr, nullptr,
      set.weight};
  require_no_photo(output, result.training);
  require_no_photo(output, result.dev);
  data.check_photos(result.training);
  data.check_photos(result.dev);
  data.warn_of_shared(result.training, result.dev, "dev", stderr);
  data.require_sound();
  result.boxes = entities_of(set.boxes);
  result.dev_boxes = entities_of(set.dev_boxes);
  return result;
}

models::TrainingSets read_sets(const TrainOptions& options) {
  models::TrainingSets sets;
  std::size_t training = 0, dev = 0;
  for (const DataSet& set : options.sets) {
    sets.push_back(read_set(set, options.trainer.output));
    training += sets.back().training.size();
    dev += sets.back().dev.size();
  }
  if (models::epoch_size(sets) == 0 || dev == 0) {
    throw Error("{}: {} training and {} dev images, but both are needed; add images or change the split",
                options.sets.size() == 1 ? options.sets.front().data.captions.string() : "--data", training, dev);
  }
  return sets;
}

/// Opens the report next to the model with its example images. A resumed training continues it.
TrainingPage training_page(TrainOptions& options, const models::TrainingSets& sets) {
  const fs::path& output = options.trainer.output;
  const models::TrainerOptions& stages = options.trainer;
  TrainingPage page(output.string() + ".html", fields_of(options),
                    {{"frozen", stages.frozen.epochs},
                     {"fine-tuning", stages.fine_tuning.epochs},
                     {"self-critical", stages.self_critical.epochs}});
  for (const CaptionDataset& examples : models::example_images(sets)) {
    for (const auto& image : examples) page.add_image(image.name, vision::read_image(image.file));
  }
  const bool begun = fs::exists(output.string() + ".resume");
  const bool finished = fs::exists(output);  // its report stays until the model is replaced
  if (!begun && !finished) page.write(TrainingPage::State::kRunning, {}, {});
  return page;
}

/// The file name of a path; other values unchanged.
std::string name_of(std::string value) {
  while (value.size() > 1 && value.back() == '/') value.pop_back();
  const fs::path path = value;
  std::error_code ignored;
  return path.has_parent_path() && fs::is_directory(path.parent_path(), ignored) ? path.filename().string() : value;
}

/// The command for the notes of the model, without folders, which may be private.
std::string command_of(const Fields& fields, const Given& given) {
  std::string text = "saccade train";
  for (const Field& field : fields.all()) {
    const auto found = given.find(field.name);
    if (found == given.end()) continue;
    text += " --" + field.name;
    for (const auto& word : found->second) text += " " + printable(name_of(word));
  }
  return text;
}

int run(const std::vector<std::string>& arguments) {
  TrainOptions options;
  const auto given = parse(train_command(), arguments, fields_of(options));
  if (!given) return kSuccess;
  options.check(*given);
  take_tokens(options, *given);
  options.compute.use_threads();
  const torch::Device device = options.compute.device();
  models::TrainerOptions& trainer = options.trainer;

  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe must not end hours of training
  const FileLock lock(fs::weakly_canonical(trainer.output).string() + ".lock",
                      "another training writes to this --output now");
  require_free(trainer.output, options.force);
  claim_outputs(options, *given);
  const models::TrainingSets sets = read_sets(options);
  const CaptionDataset training = models::training_images(sets);
  std::size_t dev = 0;
  for (const models::TrainingSet& set : sets) dev += set.dev.size();

  torch::manual_seed(trainer.seed);
  models::Captioner model = first_model(options, *given, training);
  options.check_maps(model);
  model.to(device);
  model.encoder->set_precision(trainer.precision);
  if (trainer.loss.teacher_share > 0) {
    auto teacher = std::make_shared<models::Captioner>(models::load_checkpoint(options.start, options.load));
    if (given->count("input-size") != 0) teacher->resize(options.encoder.input_size);
    if (teacher->decoder->maps().maps() > 0) teacher->decoder->set_attention("soft");
    teacher->to(device);
    trainer.teacher = std::move(teacher);
  }
  std::string boxes;
  for (const DataSet& set : options.sets) {
    if (!set.boxes.empty()) boxes += (boxes.empty() ? "" : ", ") + printable(set.boxes.filename().string());
  }
  if (!boxes.empty()) model.notes["boxes"] = "The maps were trained with boxes: " + boxes;
  if (!options.license.empty()) model.notes["licence"] = options.license;
  if (given->count("length-penalty") == 0) trainer.search.length_penalty = model.length_penalty;
  model.length_penalty = trainer.search.length_penalty;
  if (given->count("specificity") == 0) trainer.search.specificity = model.specificity;
  model.specificity = trainer.search.specificity;
  model.notes["provenance"] += command_of(fields_of(options), *given) + "\n";

  const Interruption interruption;
  TrainingReport report(trainer.images_per_batch);
  report.begin(model, training.size(), dev, trainer.precision);
  report.show_on(training_page(options, sets));
  models::TrainingReports reports = report.reports();
  reports.interrupted = [&interruption] { return interruption.signal() != 0; };
  try {
    models::train(model, sets, trainer, reports);
  } catch (const models::TrainingInterrupted& interrupted) {
    report.interrupted(interrupted.what());
    return kInterrupted + interruption.signal();
  }
  report.end(printable(trainer.output.string()));
  return kSuccess;
}

}  // namespace

const Command& train_command() {
  static const Command command{
      "train",
      "train a model on a captions dataset",
      "[OPTION...]",
      "Trains a model on one or several captions datasets and keeps the epoch with the best dev score.\n",
      "",
      declare_options<TrainOptions>,
      run};
  return command;
}

}  // namespace saccade::app
