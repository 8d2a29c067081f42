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
#include <nlohmann/json.hpp>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/device.hpp"
#include "app/options.hpp"
#include "app/progress.hpp"
#include "core/atomic_file.hpp"
#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/metrics/bleu.hpp"
#include "core/metrics/cider.hpp"
#include "core/metrics/rouge.hpp"
#include "models/checkpoint.hpp"
#include "models/feature_cache.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kUsageText =
    "Usage: saccade evaluate --images DIR --captions FILE --list FILE [OPTION...]\n"
    "\n"
    "Captions the listed images and prints corpus BLEU-1..4, ROUGE-L, CIDEr and CIDEr-D (all times 100) against all\n"
    "their captions, for one beam width or several. Both sides are lower-cased and without punctuation.";

struct EvaluateArguments {
  std::string model, images, captions, list, results;
  std::string beams = "5";
  models::SearchOptions search;
  int threads = 0;
  std::string device = "auto";
};

po::options_description describe(EvaluateArguments& a) {
  po::options_description options("Options");
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
      ("results", po::value(&a.results)->value_name("FILE"),
       "write the captions as COCO results JSON (of several beams, the last)")
      ("threads", po::value(&a.threads)->default_value(a.threads)->value_name("N"), "0: one for each core")
      ("device", po::value(&a.device)->default_value(a.device)->value_name("NAME"), "auto, cpu or cuda");
  return options;
}

std::vector<int> beams_of(const std::string& text) {
  std::vector<int> beams;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const bool digits = !part.empty() && part.size() < 4 && std::all_of(part.begin(), part.end(), ::isdigit);
    if (!digits) throw UsageError(fmt::format("--beam must be a number or numbers with commas between, not '{}'", text));
    beams.push_back(std::stoi(part));
    check_range("beam", beams.back(), 1, 100);
  }
  if (beams.empty()) throw UsageError("--beam names no width");
  return beams;
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

void print_scores(const std::vector<int>& beams, const std::vector<std::vector<metrics::ScoredItem>>& items) {
  std::fputs(fmt::format("{} images\n{:>6}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}\n", items.front().size(), "beam", "BLEU-1",
                         "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr", "CIDEr-D")
                 .c_str(),
             stdout);
  for (std::size_t b = 0; b < beams.size(); ++b) {
    const auto bleu = metrics::bleu(items[b]).corpus;
    const auto cider = metrics::cider(items[b]);
    std::fputs(fmt::format("{:>6}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}\n", beams[b], 100 * bleu[0],
                           100 * bleu[1], 100 * bleu[2], 100 * bleu[3], 100 * metrics::rouge_l(items[b]).corpus,
                           100 * cider.cider.corpus, 100 * cider.cider_d.corpus)
                   .c_str(),
               stdout);
  }
}

void write_results(const fs::path& path, const std::vector<metrics::ScoredItem>& items) {
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const auto& item : items) {
    results.push_back({{"image_id", item.id}, {"caption", fmt::format("{}", fmt::join(item.hypothesis, " "))}});
  }
  write_file(path, results.dump(1) + "\n");
}

}  // namespace

int run_evaluate(const std::vector<std::string>& arguments) {
  EvaluateArguments a;
  const auto values = parse(arguments, describe(a), {}, kUsageText);
  if (!values) return kSuccess;
  const std::vector<int> beams = beams_of(a.beams);
  check_range("length-penalty", a.search.length_penalty, 0, 10);
  check_range("threads", a.threads, 0, 1024);
  use_threads(a.threads);
  const torch::Device device = device_of(a.device);
  models::Captioner model = models::load_checkpoint(a.model.empty() ? bundled_model() : fs::path(a.model));
  model.to(device);
  const CaptionDataset dataset = select(read_captions(a.captions), read_list(a.list), a.captions);
  if (!fs::is_directory(a.images)) throw Error("{}: there is no such folder of images", a.images);

  const auto items = caption_all(model, dataset, a.images, beams, a.search);
  print_scores(beams, items);
  if (!a.results.empty()) write_results(a.results, items.back());
  return kSuccess;
}

}  // namespace saccade::app
