// saccade evaluate: scores a model's own captions of a split against people's.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/device.hpp"
#include "app/options.hpp"
#include "app/progress.hpp"
#include "app/score_report.hpp"
#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/metrics/coco_files.hpp"
#include "core/metrics/evaluation.hpp"
#include "core/metrics/score_table.hpp"
#include "models/checkpoint.hpp"
#include "models/feature_cache.hpp"
#include "vision/gallery.hpp"
#include "vision/image.hpp"
#include "vision/image_writer.hpp"

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
    "and without punctuation. The files that can be written are of the last width named.";

struct EvaluateArguments {
  std::string model, images, captions, list, results, references, table, sheet;
  int best = 0;
  int worst = 0;
  metrics::BootstrapOptions bootstrap{0};
  std::string beams = "5";
  models::SearchOptions search;
  int threads = 0;
  std::string device = "auto";
};

po::options_description describe(EvaluateArguments& a) {
  po::options_description options("Options");
  // clang-format off
  options.add_options()
      ("model", po::value(&a.model)->value_name("FILE"), "model (default: the one that comes with the program)")
      ("images", po::value(&a.images)->required()->value_name("DIR"), "folder of the images")
      ("captions", po::value(&a.captions)->required()->value_name("FILE"),
       "captions: lines `name#k<TAB>caption`, or Karpathy's JSON")
      ("list", po::value(&a.list)->required()->value_name("FILE"), "names of the images to score, one a line")
      ("beam", po::value(&a.beams)->default_value(a.beams)->value_name("N[,N...]"), "beam widths")
      ("length-penalty", po::value(&a.search.length_penalty)->default_value(a.search.length_penalty,
                                                                            fmt::format("{}", a.search.length_penalty))
       ->value_name("X"), "p in the score log p / words^p by which finished captions are ranked")
      ("confidence", po::value(&a.bootstrap.confidence)->value_name("X"),
       "print intervals that hold the scores so surely, 0.95 say")
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

std::vector<int> beams_of(const std::string& text) {
  std::vector<int> beams;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const bool digits = !part.empty() && part.size() < 4 && std::all_of(part.begin(), part.end(), ::isdigit);
    if (!digits)
      throw UsageError(fmt::format("--beam must be a number or numbers with commas between, not '{}'", text));
    beams.push_back(std::stoi(part));
    check_range("beam", beams.back(), 1, 100);
  }
  if (beams.empty()) throw UsageError("--beam names no width");
  return beams;
}

std::string joined(const metrics::Tokens& tokens) {
  return fmt::format("{}", fmt::join(tokens, " "));
}

/// The captions of all images for every beam; each image is encoded once.
std::vector<std::vector<metrics::ScoredItem>> caption_all(models::Captioner& model, const CaptionDataset& dataset,
                                                          const fs::path& images, const std::vector<int>& beams,
                                                          models::SearchOptions search) {
  constexpr std::size_t kBatch = 16;
  std::vector<std::vector<metrics::ScoredItem>> items(beams.size());
  ProgressLine progress;
  for (std::size_t first = 0; first < dataset.size(); first += kBatch) {
    const std::size_t count = std::min(kBatch, dataset.size() - first);
    std::vector<fs::path> files;
    for (std::size_t i = first; i < first + count; ++i) files.push_back(images / dataset[i].name);
    const torch::Tensor annotations = model.encode(models::load_pixels(files, model.preprocessing));
    for (std::size_t b = 0; b < beams.size(); ++b) {
      search.beam = beams[b];
      const auto captions = model.caption(annotations, search);
      for (std::size_t i = 0; i < count; ++i) {
        items[b].push_back({dataset[first + i].name, captions[i].front().words, dataset[first + i].captions});
      }
    }
    progress.show("captions", static_cast<double>(first + count), static_cast<double>(dataset.size()),
                  fmt::format("{}/{} images", first + count, dataset.size()));
  }
  return items;
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
  const std::vector<int> beams = beams_of(a.beams);
  if (values->count("confidence") != 0) check_range("confidence", a.bootstrap.confidence, 0.01, 0.9999);
  check_range("best", a.best, 0, 1000);
  check_range("worst", a.worst, 0, 1000);
  if (a.sheet.empty() != (a.best + a.worst == 0))
    throw UsageError("--best and --worst need --sheet, and it needs one of them");
  if (!a.sheet.empty()) vision::require_writable_format(a.sheet);
  check_range("length-penalty", a.search.length_penalty, 0, 10);
  check_range("threads", a.threads, 0, 1024);
  use_threads(a.threads);
  const torch::Device device = device_of(a.device);
  models::Captioner model = models::load_checkpoint(a.model.empty() ? bundled_model() : fs::path(a.model));
  model.to(device);
  const CaptionDataset dataset = select(read_captions(a.captions), read_list(a.list), a.captions);
  if (!fs::is_directory(a.images)) throw Error("{}: there is no such folder of images", a.images);

  const auto items = caption_all(model, dataset, a.images, beams, a.search);
  const metrics::EvaluationOptions metric_options = available_metrics();
  std::vector<std::pair<std::string, metrics::Scores>> rows;
  for (std::size_t b = 0; b < beams.size(); ++b) {
    rows.emplace_back(fmt::format("beam {}", beams[b]), metrics::score_all(items[b], metric_options));
  }
  print_scores(fmt::format("{} images", dataset.size()), rows);
  // Files tell of the last width named.
  if (a.bootstrap.confidence > 0) print_intervals(metrics::Evaluation(items.back(), metric_options), a.bootstrap);
  if (!a.results.empty()) write_results(a.results, items.back());
  if (!a.references.empty()) write_references(a.references, items.back());
  if (!a.table.empty()) {
    std::vector<std::string> captions;
    for (const auto& item : items.back()) captions.push_back(joined(item.hypothesis));
    metrics::write_score_table(a.table, rows.back().second, captions);
  }
  if (!a.sheet.empty()) write_sheet(a, items.back(), rows.back().second);
  return kSuccess;
}

}  // namespace saccade::app
