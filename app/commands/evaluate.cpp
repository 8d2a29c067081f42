// saccade evaluate: captions a split and scores the captions.

#include <algorithm>
#include <filesystem>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/data/checked_data.hpp"
#include "app/options/data_sets.hpp"
#include "app/options/evaluate_options.hpp"
#include "app/output/best_and_worst.hpp"
#include "app/output/dependence_report.hpp"
#include "app/output/evaluation_json.hpp"
#include "app/output/faithfulness_report.hpp"
#include "app/output/grounding_report.hpp"
#include "app/output/likelihood_report.hpp"
#include "app/output/output_guard.hpp"
#include "app/output/progress.hpp"
#include "app/output/score_files.hpp"
#include "app/output/score_report.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/data/dataset.hpp"
#include "core/metrics/attention.hpp"
#include "core/metrics/evaluation.hpp"
#include "core/metrics/grounding.hpp"
#include "core/text/printable.hpp"
#include "models/checkpoint.hpp"
#include "models/training/feature_cache.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbout =
    "Captions the images and prints corpus scores, times 100, for each beam width: BLEU-1 to 4, ROUGE-L,\n"
    "CIDEr, CIDEr-D and, if WordNet is installed, METEOR. Captions and references are compared in lower\n"
    "case and without punctuation. Also prints the entropy of the attention maps and how much they change\n"
    "between words.\n"
    "\n"
    "With --boxes, prints how well the maps lie on the named objects: correctness is the attention inside\n"
    "the boxes, compared with a uniform map, and pointing is how often the cell with the largest weight\n"
    "is inside, compared with the center of the photo. With --maps, prints what captions lose with other\n"
    "maps. With --faithfulness, prints how the probability of a word falls when the cells of its map are\n"
    "hidden. Files are written for the last beam width and cell selection.\n";

/// One setting of the search with its results.
struct Trial {
  std::string name;
  models::SearchOptions search;
  std::vector<ScoredItem> items;
  metrics::AttentionSummary attention;
  metrics::GroundingSummary grounding;
  metrics::GroundingSummary cells;       ///< selected cells, for hard attention
  std::optional<models::ForcedMap> map;  ///< replaces the attention maps of the model
  std::size_t own = 0;                   ///< for a forced map: index of the same trial with the maps of the model
};

/// A trial for each beam width and, with hard attention, each cell selection; then one for each forced map and beam
/// width.
std::vector<Trial> trials_of(const EvaluateOptions& options, bool hard) {
  std::vector<Trial> trials;
  for (const models::CellChoice cell : options.cells) {
    for (const int beam : options.beams) {
      Trial trial{fmt::format("beam {}", beam), options.search, {}, {}, {}, {}, std::nullopt};
      if (hard) trial.name += ", " + models::cell_choices().name_of(cell);
      trial.search.beam = beam;
      trial.search.cell = cell;
      trials.push_back(trial);
    }
  }
  for (const models::ForcedMap map : options.maps) {
    for (std::size_t i = 0; i < options.beams.size(); ++i) {
      Trial trial = trials[i];
      trial.name = fmt::format("beam {}, {} map", options.beams[i], models::forced_maps().name_of(map));
      trial.map = map;
      trial.own = i;
      trials.push_back(trial);
    }
  }
  return trials;
}

/// Captions images with the settings of the trial. `first`: index of the first image in the dataset.
std::vector<std::vector<Caption>> captions_of(models::Captioner& model, const torch::Tensor& annotations,
                                              const Trial& trial, std::size_t first) {
  if (!trial.map) return model.caption(annotations, trial.search);
  model.decoder->force(std::make_shared<models::MapForcer>(*trial.map, derived_seed({trial.search.seed, first})));
  auto captions = model.caption(annotations, trial.search);
  model.decoder->force(nullptr);
  return captions;
}

/// Measurements that are updated while images are captioned.
struct Observers {
  std::list<LikelihoodProbe> likelihood;  ///< likelihood of the references
  std::optional<GroundingJudge> judge;    ///< grounding of the model's own maps
  FaithfulnessProbe faithfulness;         ///< hides cells of the first photos, with the captions of the first trial
  std::size_t faithfulness_photos = 0;
};

/// Captions all images in every trial; each image is encoded once.
void run_trials(models::Captioner& model, const CaptionDataset& dataset, std::vector<Trial>& trials,
                Observers& observers) {
  auto& [probes, judge, faithfulness, faithfulness_photos] = observers;
  constexpr std::size_t kBatch = 16;
  ProgressLine progress;
  for (std::size_t first = 0; first < dataset.size(); first += kBatch) {
    const std::size_t count = std::min(kBatch, dataset.size() - first);
    std::vector<fs::path> files;
    for (std::size_t i = first; i < first + count; ++i) files.push_back(dataset[i].file);
    const torch::Tensor pixels = models::load_pixels(files, model.preprocessing);
    const torch::Tensor annotations = model.encode(pixels);
    for (Trial& trial : trials) {
      const auto captions = captions_of(model, annotations, trial, first);
      for (std::size_t i = 0; i < count; ++i) {
        trial.items.push_back({dataset[first + i].name, captions[i].front().words, dataset[first + i].captions});
        if (trial.map) continue;
        trial.attention.add(captions[i].front());
        if (judge) judge->read_caption(dataset[first + i].name, captions[i].front(), trial.grounding);
        if (judge) judge->read_cells(dataset[first + i].name, captions[i].front(), trial.cells);
        if (&trial != &trials.front() || first + i >= faithfulness_photos) continue;
        const Caption& caption = captions[i].front();
        faithfulness.read(model, pixels[static_cast<std::int64_t>(i)], caption,
                          judge ? judge->named_places(dataset[first + i].name, caption) : content_places(caption));
        progress.show("faithfulness", static_cast<double>(first + i + 1), static_cast<double>(faithfulness_photos),
                      fmt::format("{}/{} images", first + i + 1, faithfulness_photos));
      }
    }
    const CaptionDataset part(dataset.begin() + static_cast<std::ptrdiff_t>(first),
                              dataset.begin() + static_cast<std::ptrdiff_t>(first + count));
    torch::manual_seed(derived_seed({trials.front().search.seed, first}));
    for (LikelihoodProbe& probe : probes) probe.read(part, files, annotations);
    if (judge) judge->read_references(model, part, annotations);
    progress.show("captions", static_cast<double>(first + count), static_cast<double>(dataset.size()),
                  fmt::format("{}/{} images", first + count, dataset.size()));
  }
}

/// The models whose likelihoods are printed: the model and the one of --compare.
std::list<LikelihoodProbe> probes_of(const EvaluateOptions& options, const models::Captioner& model) {
  std::list<LikelihoodProbe> probes;
  if (options.likelihood > 0) {
    probes.emplace_back(options.model.file().stem().string(), model, options.likelihood, /*same_encoder=*/true);
  }
  if (!options.compare.empty()) {
    const fs::path path = model_file(options.compare);
    models::Captioner other = models::load_checkpoint(path, options.model.load);
    other.to(model.device());
    other.encoder->set_precision(options.search.precision);
    probes.emplace_back(path.stem().string(), std::move(other), options.likelihood, /*same_encoder=*/false);
  }
  return probes;
}

/// Prints the results of a trial.
TrialRecord record_of(const Trial& trial, const std::vector<Trial>& trials, bool boxes,
                      const metrics::BootstrapOptions& bootstrap, const metrics::EvaluationOptions& options) {
  TrialRecord record{trial.name, metrics::score_all(trial.items, options), metrics::word_use(trial.items), {}, {}, {},
                     {}};
  if (trial.map) {
    const Trial& own = trials[trial.own];
    record.loss = dependence_of(own.name, own.items, trial.name, trial.items, bootstrap);
    return record;
  }
  if (trial.attention.words() > 0) record.attention = trial.attention.scores();
  if (boxes) record.grounding = findings_of(trial.name, trial.grounding, bootstrap);
  if (trial.cells.photos() > 0) record.cells = findings_of(trial.name + ", cells seen", trial.cells, bootstrap);
  return record;
}

void print_trials(const std::string& heading, const std::vector<TrialRecord>& trials, const metrics::WordUse& people) {
  std::vector<std::pair<std::string, metrics::Scores>> scores;
  std::vector<std::pair<std::string, metrics::WordUse>> words;
  std::vector<std::pair<std::string, metrics::AttentionScores>> attention;
  std::vector<Dependence> losses;
  std::vector<GroundingFindings> grounding, cells;
  for (const TrialRecord& trial : trials) {
    scores.emplace_back(trial.name, trial.scores);
    words.emplace_back(trial.name, trial.words);
    if (trial.attention) attention.emplace_back(trial.name, *trial.attention);
    if (trial.loss) losses.push_back(*trial.loss);
    if (trial.grounding) grounding.push_back(*trial.grounding);
    if (trial.cells) cells.push_back(*trial.cells);
  }
  print_scores(heading, scores);
  if (people.captions > 0) words.emplace_back("a person against the others", people);
  print_word_use(words);
  if (!attention.empty()) print_attention(attention);
  if (!losses.empty()) print_dependence(losses);
  if (!grounding.empty()) print_grounding("maps on things named", grounding);
  if (!cells.empty()) print_grounding("cells seen on things named", cells);
}

/// Writes the requested files for one trial.
void write_files(const EvaluateOptions& options, const std::vector<ScoredItem>& items, const metrics::Scores& scores) {
  if (!options.results.empty()) write_results(options.results, items);
  if (!options.references.empty()) write_references(options.references, items);
  if (!options.table.empty()) write_table(options.table, scores, items);
  if (!options.sheet.empty()) {
    write_best_and_worst(options.sheet, options.best, options.worst, options.sets.front().data.images, items, scores);
  }
}

/// The images of a data set to score.
struct ScoredPart {
  std::string name;
  CaptionDataset dataset;
  fs::path boxes;
};

ScoredPart part_of(const EvaluateOptions& options, const DataSet& set) {
  const bool train = options.split == "train", dev = options.split == "dev";
  fs::path list = options.list;
  ScoredPart part{set.name, {}, options.boxes};
  if (!options.data.several.empty()) {
    list = train ? set.train_list : dev ? set.dev_list : fs::path();
    part.boxes = train ? set.boxes : dev ? set.dev_boxes : fs::path();
  }
  CheckedData data(set.data);
  const Split split = list.empty() ? data.split() : Split{};
  part.dataset = data.part(list, train ? split.train : dev ? split.dev : split.test);
  data.check_photos(part.dataset);
  data.require_sound();
  return part;
}

/// Reads the data sets. Those without images in the selected part are left out with a note.
std::vector<ScoredPart> parts_of(const EvaluateOptions& options) {
  std::vector<ScoredPart> parts;
  for (const DataSet& set : options.sets) {
    ScoredPart part = part_of(options, set);
    if (!part.dataset.empty()) {
      parts.push_back(std::move(part));
    } else if (options.sets.size() > 1) {
      fmt::print(stderr, "note: {} has no {} images and is left out\n", printable(set.name), options.split);
    }
  }
  if (parts.empty()) {
    throw Error("{}: contains no image to score; check --list or --split",
                options.sets.size() == 1 ? options.sets.front().data.captions.string() : "--data");
  }
  return parts;
}

/// Evaluates the model on one data set and prints the results.
EvaluationRecord evaluate(const EvaluateOptions& options, models::Captioner& model, const ScoredPart& part) {
  std::vector<Trial> trials = trials_of(options, model.decoder->stochastic());
  Observers observers{probes_of(options, model), std::nullopt, FaithfulnessProbe(options.search.seed),
                      std::min(static_cast<std::size_t>(options.faithfulness), part.dataset.size())};
  if (!part.boxes.empty() && model.decoder->maps().maps() > 0) observers.judge.emplace(part.boxes, part.dataset);
  run_trials(model, part.dataset, trials, observers);

  const metrics::EvaluationOptions metric_options = available_metrics();
  EvaluationRecord record;
  record.name = part.name;
  record.images = part.dataset.size();
  record.people = metrics::word_use_of_people(trials.front().items);
  record.confidence = options.bootstrap.confidence;
  for (const Trial& trial : trials) {
    record.trials.push_back(record_of(trial, trials, observers.judge.has_value(), options.bootstrap, metric_options));
  }
  const std::string images = fmt::format("{} images", record.images);
  print_trials(options.sets.size() == 1 ? images : part.name + ", " + images, record.trials, record.people);
  if (observers.judge) {
    record.references = findings_of("people's captions", observers.judge->references(), options.bootstrap);
    print_grounding("teacher forcing", {*record.references});
  }
  if (options.faithfulness > 0) {
    record.faithfulness = WordFindings::of(observers.faithfulness.summary(), interval_options(options.bootstrap));
    print_faithfulness(*record.faithfulness);
  }
  if (!observers.likelihood.empty()) print_likelihood(observers.likelihood);
  const std::size_t last = options.cells.size() * options.beams.size() - 1;  // the last trial with the model's own maps
  const auto& items = trials[last].items;
  if (options.bootstrap.confidence > 0) {
    record.intervals = metrics::bootstrap(metrics::Evaluation(items, metric_options), options.bootstrap);
    print_intervals(record.intervals, options.bootstrap);
  }
  for (const LikelihoodProbe& probe : observers.likelihood) {
    for (auto& finding : probe.findings()) record.likelihoods.push_back(std::move(finding));
  }
  write_files(options, items, record.trials[last].scores);
  return record;
}

int run(const std::vector<std::string>& arguments) {
  EvaluateOptions options;
  const auto given = parse(evaluate_command(), arguments, fields_of(options));
  if (!given) return kSuccess;
  options.check();
  const auto outputs = {&options.json, &options.results, &options.references, &options.table, &options.sheet};
  for (const fs::path* file : outputs) {
    if (!file->empty()) require_writable(*file);
  }
  require_standard_output();  // results are printed at the end
  options.search.precision = options.compute.precision();
  options.compute.use_threads();
  models::Captioner model = options.model.open();
  model.to(options.compute.device());
  model.encoder->set_precision(options.search.precision);
  if (given->count("length-penalty") == 0) options.search.length_penalty = model.length_penalty;
  if (given->count("specificity") == 0) options.search.specificity = model.specificity;
  if (options.search.specificity > 0) model.precompute_blank();
  if (!model.decoder->stochastic() && given->count("cell-selection") != 0) {
    throw UsageError("--cell-selection requires a model with hard attention, such as --model hard");
  }
  for (const char* option : {"boxes", "maps", "faithfulness"}) {
    if (model.decoder->maps().maps() == 0 && given->count(option) != 0) {
      throw UsageError(fmt::format("--{} requires a model with attention", option));
    }
  }
  for (DataSet& set : options.sets) set.data.tokens = model.tokens();
  const std::vector<ScoredPart> parts = parts_of(options);
  OutputGuard guard(/*force=*/true);  // results may be replaced
  for (const DataSet& set : options.sets) guard.add_captions(set.data.captions);
  for (const fs::path& file : {options.list, config_file(*given)}) guard.add_input(file);
  guard.add_model(options.model.file());
  if (!options.compare.empty()) guard.add_model(model_file(options.compare));
  for (const ScoredPart& part : parts) {
    guard.add_input(part.boxes);
    for (const auto& image : part.dataset) guard.add_input(image.file);
  }
  for (const std::string& manifest : options.data.several) guard.add_input(manifest);
  for (const fs::path* file : outputs) {
    if (!file->empty()) guard.claim(*file, true);
  }
  std::vector<EvaluationRecord> records;
  for (const ScoredPart& part : parts) {
    if (!records.empty()) fmt::print("\n");
    records.push_back(evaluate(options, model, part));
  }
  if (!options.json.empty()) write_evaluation(options.json, options.model.file().string(), records);
  return kSuccess;
}

}  // namespace

const Command& evaluate_command() {
  static const Command command{
      "evaluate", "evaluate a model on a captions dataset", "[OPTION...]", kAbout, "", declare_options<EvaluateOptions>,
      run};
  return command;
}

}  // namespace saccade::app
