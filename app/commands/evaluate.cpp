// saccade evaluate: scores a model's own captions of a split against people's.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <list>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/options/device.hpp"
#include "app/options/options.hpp"
#include "app/output/evaluation_json.hpp"
#include "app/output/grounding_report.hpp"
#include "app/output/progress.hpp"
#include "app/output/score_report.hpp"
#include "app/output/witness.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/data/coco_files.hpp"
#include "core/data/dataset.hpp"
#include "core/metrics/attention.hpp"
#include "core/metrics/evaluation.hpp"
#include "core/metrics/grounding.hpp"
#include "core/metrics/score_table.hpp"
#include "models/checkpoint.hpp"
#include "models/training/feature_cache.hpp"
#include "vision/drawing/gallery.hpp"
#include "vision/files/image.hpp"
#include "vision/files/image_writer.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kUsageText =
    "Usage: saccade evaluate --images DIR --captions FILE --list FILE [OPTION...]\n"
    "\n"
    "Captions the listed images and prints the corpus scores, times 100, against all their captions, for one beam "
    "width\n"
    "or several: BLEU-1..4, ROUGE-L, CIDEr, CIDEr-D and, where WordNet is installed, METEOR. Both sides are "
    "lower-cased\n"
    "and without punctuation. Beneath: how attention was spread over the cells and how it moved from word to word.\n"
    "With --boxes: whether the maps lie on what the words name. Correctness is the attention inside the boxes of the "
    "thing,\n"
    "beside a uniform map's; pointing is how often the heaviest cell's centre is inside, beside the photo's centre.\n"
    "The pictures and tables that can be written are of the last way and width named.";

struct EvaluateArguments {
  std::string images, captions, list, results, references, table, sheet, boxes, json;
  std::string model = "soft";
  int best = 0;
  int worst = 0;
  metrics::BootstrapOptions bootstrap{0};
  std::string beams = "5";
  std::string hard;
  int likelihood = 0;
  std::string beside;
  models::SearchOptions search;
  int threads = 0;
  std::string device = "auto";
};

po::options_description describe(EvaluateArguments& a) {
  po::options_description options("Options");
  // clang-format off
  options.add_options()
      ("model", po::value(&a.model)->default_value(a.model)->value_name("FILE"),
       "model: a file, or soft or hard, which come with the program")
      ("images", po::value(&a.images)->required()->value_name("DIR"), "folder of the images")
      ("captions", po::value(&a.captions)->required()->value_name("FILE"),
       "captions: lines `name#k<TAB>caption`, or Karpathy's JSON")
      ("list", po::value(&a.list)->required()->value_name("FILE"), "names of the images to score, one a line")
      ("beam", po::value(&a.beams)->default_value(a.beams)->value_name("N[,N...]"), "beam widths")
      ("hard", po::value(&a.hard)->value_name("NAME[,NAME...]"),
       "how a model of hard attention looks: expected, argmax (default) or sample")
      ("seed", po::value(&a.search.seed)->default_value(a.search.seed)->value_name("N"), "of samples")
      ("likelihood", po::value(&a.likelihood)->value_name("S"),
       "print how likely the model holds people's captions; for hard attention the lower bound and the marginal, with S "
       "samples")
      ("beside", po::value(&a.beside)->value_name("MODEL"), "print another model's likelihood beside it")
      ("length-penalty", po::value(&a.search.length_penalty)->default_value(a.search.length_penalty,
                                                                            fmt::format("{}", a.search.length_penalty))
       ->value_name("X"), "p in the score log p / words^p by which finished captions are ranked")
      ("confidence", po::value(&a.bootstrap.confidence)->value_name("X"),
       "print intervals that hold the scores so surely, 0.95 say")
      ("boxes", po::value(&a.boxes)->value_name("FILE"),
       "boxes around what captions name, lines of JSON, plain or .gz: print whether the maps lie there")
      ("json", po::value(&a.json)->value_name("FILE"), "write all figures, of each way and width, as JSON")
      ("results", po::value(&a.results)->value_name("FILE"), "write the captions as COCO results JSON")
      ("references", po::value(&a.references)->value_name("FILE"), "write the references as COCO annotations JSON")
      ("table", po::value(&a.table)->value_name("FILE"), "write the scores of each image as CSV")
      ("best", po::value(&a.best)->value_name("N"), "so many best captions go on the sheet")
      ("worst", po::value(&a.worst)->value_name("N"), "so many worst captions go on the sheet")
      ("sheet", po::value(&a.sheet)->value_name("FILE"), "picture of the best and worst captions with their photos")
      ("threads", po::value(&a.threads)->default_value(a.threads)->value_name("N"), "0: one for each core")
      ("device", po::value(&a.device)->default_value(a.device)->value_name("NAME"), "auto, cpu or cuda");
  // clang-format on
  return options;
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

std::vector<int> beams_of(const std::string& text) {
  std::vector<int> beams;
  for (const auto& part : parts_of(text)) {
    const bool digits = !part.empty() && part.size() < 4 && std::all_of(part.begin(), part.end(), ::isdigit);
    if (!digits)
      throw UsageError(fmt::format("--beam must be a number or numbers with commas between, not '{}'", text));
    beams.push_back(std::stoi(part));
    check_range("beam", beams.back(), 1, 100);
  }
  if (beams.empty()) throw UsageError("--beam names no width");
  return beams;
}

/// One way to caption the split, and what came of it.
struct Trial {
  std::string name;
  models::SearchOptions search;
  std::vector<metrics::ScoredItem> items;
  metrics::AttentionSummary attention;
  metrics::GroundingSummary grounding;
};

/// A trial for each beam width and, where attention is hard, each way to look.
std::vector<Trial> trials_of(const EvaluateArguments& a, bool hard) {
  std::vector<std::string> lookings = parts_of(a.hard);
  if (!hard && !lookings.empty())
    throw UsageError("--hard is for models of hard attention; this one's is soft (--model hard has it)");
  if (lookings.empty()) lookings.emplace_back("argmax");
  std::vector<Trial> trials;
  for (const auto& name : lookings) {
    check_name("hard", name, models::looking_names());
    for (const int beam : beams_of(a.beams)) {
      Trial trial{fmt::format("beam {}", beam), a.search, {}, {}, {}};
      if (hard) trial.name += ", " + name;
      trial.search.beam = beam;
      trial.search.looking = models::looking_of(name);
      trials.push_back(trial);
    }
  }
  return trials;
}

std::string joined(const metrics::Tokens& tokens) {
  return fmt::format("{}", fmt::join(tokens, " "));
}

/// Captions all images in every trial, and lets every witness read people's captions and the judge, if there is one,
/// see all maps; each image is encoded once.
void run_trials(models::Captioner& model, const CaptionDataset& dataset, const fs::path& images,
                std::vector<Trial>& trials, std::list<Witness>& witnesses, std::optional<GroundingJudge>& judge) {
  constexpr std::size_t kBatch = 16;
  ProgressLine progress;
  for (std::size_t first = 0; first < dataset.size(); first += kBatch) {
    const std::size_t count = std::min(kBatch, dataset.size() - first);
    std::vector<fs::path> files;
    for (std::size_t i = first; i < first + count; ++i) files.push_back(images / dataset[i].name);
    const torch::Tensor annotations = model.encode(models::load_pixels(files, model.preprocessing));
    for (Trial& trial : trials) {
      const auto captions = model.caption(annotations, trial.search);
      for (std::size_t i = 0; i < count; ++i) {
        trial.items.push_back({dataset[first + i].name, captions[i].front().words, dataset[first + i].captions});
        trial.attention.add(captions[i].front());
        if (judge) judge->read_caption(dataset[first + i].name, captions[i].front(), trial.grounding);
      }
    }
    const CaptionDataset part(dataset.begin() + static_cast<std::ptrdiff_t>(first),
                              dataset.begin() + static_cast<std::ptrdiff_t>(first + count));
    torch::manual_seed(derived_seed({trials.front().search.seed, first}));
    for (Witness& witness : witnesses) witness.read(part, files, annotations);
    if (judge) judge->read_references(model, part, annotations);
    progress.show("captions", static_cast<double>(first + count), static_cast<double>(dataset.size()),
                  fmt::format("{}/{} images", first + count, dataset.size()));
  }
}

void print_attention(const std::vector<Trial>& trials) {
  const std::string heading = "attention, ";
  std::size_t width = 0;
  for (const Trial& trial : trials) width = std::max(width, heading.size() + trial.name.size());
  fmt::print("\n{:<{}}  entropy (nats)  Jensen-Shannon divergence (nats)  moves (%)\n", "attention", width);
  for (const Trial& trial : trials) {
    const metrics::AttentionScores scores = trial.attention.scores();
    fmt::print("{:<{}}{:>16.3f}{:>34.4f}{:>11.1f}\n", heading + trial.name, width, scores.entropy, scores.divergence,
               100 * scores.moves);
  }
}

std::vector<GroundingFindings> grounding_of(const std::vector<Trial>& trials,
                                            const metrics::BootstrapOptions& bootstrap) {
  std::vector<GroundingFindings> findings;
  for (const Trial& trial : trials) findings.push_back(findings_of(trial.name, trial.grounding, bootstrap));
  return findings;
}

/// Trials with their scores (one a trial) and, where there are boxes, their grounding.
std::vector<TrialRecord> records_of(const std::vector<Trial>& trials,
                                    const std::vector<std::pair<std::string, metrics::Scores>>& scores,
                                    const std::vector<GroundingFindings>& grounding) {
  std::vector<TrialRecord> records;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    records.push_back({trials[i].name, scores[i].second, trials[i].attention.scores(), {}});
    if (!grounding.empty()) records.back().grounding = grounding[i];
  }
  return records;
}

void write_results(const fs::path& path, const std::vector<metrics::ScoredItem>& items) {
  std::vector<metrics::ImageCaption> captions;
  for (const auto& item : items) captions.push_back({item.id, joined(item.hypothesis)});
  metrics::write_coco_results(path, captions);
}

/// The references as a COCO annotations file, for other scorers of the results.
void write_references(const fs::path& path, const std::vector<metrics::ScoredItem>& items) {
  std::vector<metrics::ImageReferences> images;
  for (const auto& item : items) {
    auto& image = images.emplace_back();
    image.id = item.id;
    for (const auto& reference : item.references) image.captions.push_back(joined(reference));
  }
  metrics::write_coco_annotations(path, images);
}

/// The photos with the best and the worst captions by CIDEr-D, each with what was and what should have been said.
void write_sheet(const EvaluateArguments& a, const std::vector<metrics::ScoredItem>& items,
                 const metrics::Scores& scores) {
  std::vector<std::size_t> order = metrics::rank_images(scores, "cider_d");
  const std::size_t column = scores.column("cider_d");
  std::vector<std::size_t> chosen;
  const auto count = [&order](int wanted) { return std::min(order.size(), static_cast<std::size_t>(wanted)); };
  chosen.insert(chosen.end(), order.rbegin(), order.rbegin() + static_cast<std::ptrdiff_t>(count(a.best)));
  chosen.insert(chosen.end(), order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count(a.worst)));
  std::vector<vision::Exhibit> exhibits;
  for (const std::size_t i : chosen) {
    vision::Exhibit exhibit{vision::read_image(fs::path(a.images) / items[i].id),
                            joined(items[i].hypothesis),
                            {fmt::format("CIDEr-D {:.1f}", 100 * scores.image_score(i, column))}};
    for (const auto& reference : items[i].references) exhibit.lines.push_back("\u2013 " + joined(reference));
    exhibits.push_back(std::move(exhibit));
  }
  vision::write_image(a.sheet, vision::gallery(exhibits, vision::Font(bundled_font())));
}

}  // namespace

int run_evaluate(const std::vector<std::string>& arguments) {
  EvaluateArguments a;
  const auto values = parse(arguments, describe(a), {}, kUsageText);
  if (!values) return kSuccess;
  beams_of(a.beams);  // wrong usage is said before anything is read
  if (values->count("confidence") != 0) check_range("confidence", a.bootstrap.confidence, 0.01, 0.9999);
  check_range("best", a.best, 0, 1000);
  check_range("worst", a.worst, 0, 1000);
  if (a.sheet.empty() != (a.best + a.worst == 0))
    throw UsageError("--best and --worst need --sheet, and it needs one of them");
  if (!a.sheet.empty()) vision::require_writable_format(a.sheet);
  if (values->count("likelihood") != 0) check_range("likelihood", a.likelihood, 1, 100000);
  if (!a.beside.empty() && a.likelihood == 0) throw UsageError("--beside needs --likelihood");
  check_range("length-penalty", a.search.length_penalty, 0, 10);
  check_range("threads", a.threads, 0, 1024);
  use_threads(a.threads);
  const torch::Device device = device_of(a.device);
  const fs::path model_path = model_file(a.model);
  models::Captioner model = models::load_checkpoint(model_path);
  model.to(device);
  const CaptionDataset dataset = select(read_captions(a.captions), read_list(a.list), a.captions);
  if (!fs::is_directory(a.images)) throw Error("{}: there is no such folder of images", a.images);

  std::vector<Trial> trials = trials_of(a, model.decoder->attention().chooses());
  std::list<Witness> witnesses;
  if (a.likelihood > 0) witnesses.emplace_back(model_path.stem().string(), model, a.likelihood, /*same_encoder=*/true);
  if (!a.beside.empty()) {
    const fs::path other_path = model_file(a.beside);
    models::Captioner other = models::load_checkpoint(other_path);
    other.to(device);
    witnesses.emplace_back(other_path.stem().string(), std::move(other), a.likelihood, /*same_encoder=*/false);
  }
  std::optional<GroundingJudge> judge;
  if (!a.boxes.empty()) judge.emplace(a.boxes, dataset);
  run_trials(model, dataset, a.images, trials, witnesses, judge);

  const metrics::EvaluationOptions metric_options = available_metrics();
  std::vector<std::pair<std::string, metrics::Scores>> rows;
  for (const Trial& trial : trials) rows.emplace_back(trial.name, metrics::score_all(trial.items, metric_options));
  print_scores(fmt::format("{} images", dataset.size()), rows);
  print_attention(trials);
  const std::vector<GroundingFindings> grounding =
      judge ? grounding_of(trials, a.bootstrap) : std::vector<GroundingFindings>();
  std::optional<GroundingFindings> references;
  if (judge) {
    print_grounding("maps on things named", grounding);
    references = findings_of("people's captions", judge->references(), a.bootstrap);
    print_grounding("teacher forcing", {*references});
  }
  if (!witnesses.empty()) print_likelihood(witnesses);
  // Files tell of the last trial.
  const auto& items = trials.back().items;
  std::vector<metrics::Interval> intervals;
  if (a.bootstrap.confidence > 0) {
    intervals = metrics::bootstrap(metrics::Evaluation(items, metric_options), a.bootstrap);
    print_intervals(intervals, a.bootstrap);
  }
  if (!a.json.empty()) {
    EvaluationRecord record{
        model_path.string(), dataset.size(), records_of(trials, rows, grounding), a.bootstrap.confidence, intervals, {},
        references};
    for (const Witness& witness : witnesses) {
      for (auto& finding : witness.findings()) record.likelihoods.push_back(std::move(finding));
    }
    write_evaluation(a.json, record);
  }
  if (!a.results.empty()) write_results(a.results, items);
  if (!a.references.empty()) write_references(a.references, items);
  if (!a.table.empty()) {
    std::vector<std::string> captions;
    for (const auto& item : items) captions.push_back(joined(item.hypothesis));
    metrics::write_score_table(a.table, rows.back().second, captions);
  }
  if (!a.sheet.empty()) write_sheet(a, items, rows.back().second);
  return kSuccess;
}

}  // namespace saccade::app
