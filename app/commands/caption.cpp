// saccade caption: photos in; captions, and pictures of where each word came from, out.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <opencv2/core/utility.hpp>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/options/device.hpp"
#include "app/options/options.hpp"
#include "app/output/caption_pictures.hpp"
#include "app/photo_list.hpp"
#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "vision/files/image.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kUsageText =
    "Usage: saccade caption PHOTO... [OPTION...]\n"
    "\n"
    "Captions pictures (JPEG, PNG, WebP, BMP, TIFF). A PHOTO is a file, a folder, or - for a list of them on standard\n"
    "input. Prints a line each: path, tab, caption. A picture that cannot be read is told on standard error, the "
    "others\n"
    "go on, and the exit status is 1.";

constexpr const char* kEpilogue =
    "\n"
    "With --json a line is an object: path, rank (or number of the sample), caption, words, log_probability,\n"
    "log_probabilities (a word), beta (the gate, a word), alpha (the attention weights, words x cells), cells (the\n"
    "one that each word saw; none where it saw all by their weights) and grid (rows, columns, shift: how far what a\n"
    "cell sees lies right of and below its tile, in cells).\n"
    "--overlay and --scan-path take a picture's name for a single photo, and otherwise a folder.\n";

struct CaptionArguments {
  std::vector<std::string> photos;
  std::string model = "soft";
  models::SearchOptions search;
  int top = 1;
  bool json = false;
  std::string hard = "argmax";
  int samples = 1;
  PictureOptions pictures;
  std::string scale = "caption";
  std::string precision = "auto";
  int threads = 0;
  std::string device = "auto";
};

po::options_description describe(CaptionArguments& a) {
  po::options_description visible("Options");
  // clang-format off
  visible.add_options()
      ("model", po::value(&a.model)->default_value(a.model)->value_name("FILE"),
       "model: a file, or soft or hard, which come with the program")
      ("beam", po::value(&a.search.beam)->default_value(a.search.beam)->value_name("N"), "beam width; 1 is greedy search")
      ("top", po::value(&a.top)->default_value(a.top)->value_name("N"), "captions a picture, at most the beam width")
      ("json", po::bool_switch(&a.json), "print JSON, with all attention weights")
      ("hard", po::value(&a.hard)->default_value(a.hard)->value_name("NAME"),
       "how a model of hard attention looks: at the likeliest cell (argmax), at cells drawn by their weights (sample), or "
       "at all cells by their weights (expected)")
      ("seed", po::value(&a.search.seed)->default_value(a.search.seed)->value_name("N"), "of --hard sample")
      ("samples", po::value(&a.samples)->default_value(a.samples)->value_name("N"),
       "captions a picture with --hard sample, drawn with the seed, the seed + 1, and so on")
      ("overlay", po::value(&a.pictures.overlay)->value_name("OUT"), "write a contact sheet: where each word was looked for")
      ("overlay-each", po::bool_switch(&a.pictures.overlay_each), "beside the sheet, a full-size PNG for each word")
      ("scan-path", po::value(&a.pictures.scan_path)->value_name("OUT"),
       "write a picture of the cells that hard attention saw, joined in order; several samples stand side by side")
      ("smooth", po::value(&a.pictures.drawing.smooth)->default_value(a.pictures.drawing.smooth)->value_name("X"),
       "0 shows the cells of the grid, 1 a smooth surface")
      ("scale", po::value(&a.scale)->default_value(a.scale)->value_name("NAME"),
       "what the strongest colour stands for: the largest weight of the caption or of the word")
      ("precision", po::value(&a.precision)->default_value(a.precision)->value_name("NAME"),
       "of products: auto, float32 or bfloat16 (auto: where the processor has it)")
      ("threads", po::value(&a.threads)->default_value(a.threads)->value_name("N"), "0: one for each core (one for a single photo)")
      ("device", po::value(&a.device)->default_value(a.device)->value_name("NAME"), "auto, cpu or cuda");
  // clang-format on
  return visible;
}

void check(CaptionArguments& a) {
  if (a.photos.empty()) throw UsageError("a photo is missing (see saccade caption --help)");
  check_range("beam", a.search.beam, 1, 100);
  check_range("top", a.top, 1, a.search.beam);
  check_name("hard", a.hard, models::cell_choices().names());
  a.search.cell = models::cell_choices().at(a.hard);
  const bool sampled = a.search.cell == models::CellChoice::kSample;
  check_range("samples", a.samples, 1, 1000);
  if (a.samples > 1 && !sampled) throw UsageError("--samples needs --hard sample");
  if (a.samples > 1 && a.top > 1)
    throw UsageError("--samples and --top do not go together: each sample gives its best");
  if (!a.pictures.scan_path.empty() && a.search.cell == models::CellChoice::kExpected) {
    throw UsageError("--scan-path needs --hard argmax or sample: the expectation sees no single cell");
  }
  check_range("smooth", a.pictures.drawing.smooth, 0, 1);
  check_range("threads", a.threads, 0, 1024);
  if (a.scale != "caption" && a.scale != "word") {
    throw UsageError(fmt::format("--scale must be caption or word, not '{}'", a.scale));
  }
  a.search.precision = precision_of(a.precision);
  a.pictures.drawing.scale = a.scale == "word" ? vision::Scale::word : vision::Scale::caption;
  if (a.pictures.overlay_each && a.pictures.overlay.empty())
    throw UsageError("--overlay-each needs --overlay, which says where to");
}

/// A picture on its way through the program.
struct Photo {
  fs::path path;
  cv::Mat pixels;  ///< kept only where overlays are drawn
  vision::Preprocessed input;
  std::string problem;  ///< why it could not be read
};

Photo read_photo(const fs::path& path, const vision::Preprocessing& preprocessing, bool keep_pixels) {
  Photo photo;
  photo.path = path;
  try {
    cv::Mat pixels = vision::read_image(path);
    photo.input = vision::preprocess(pixels, preprocessing);
    if (keep_pixels) photo.pixels = std::move(pixels);
  } catch (const std::exception& error) {
    photo.problem = error.what();
  }
  return photo;
}

std::string json_line(const fs::path& path, int rank, const Caption& caption) {
  nlohmann::json alpha = nlohmann::json::array();
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    alpha.push_back(std::vector<float>(caption.alpha_of(t), caption.alpha_of(t) + caption.grid.cells()));
  }
  const nlohmann::ordered_json object{
      {"path", path.string()},
      {"rank", rank},
      {"caption", caption.text()},
      {"words", caption.words},
      {"log_probability", caption.log_probability},
      {"log_probabilities", caption.log_probabilities},
      {"beta", caption.beta},
      {"alpha", alpha},
      {"cells", caption.cells},
      {"grid", {{"rows", caption.grid.rows}, {"columns", caption.grid.columns}, {"shift", caption.grid.shift}}}};
  // A path may hold any bytes; JSON may not.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class CaptionRun {
 public:
  CaptionRun(const CaptionArguments& arguments, models::Captioner model, PhotoList list)
      : arguments_(arguments), model_(std::move(model)), list_(std::move(list)) {
    if (arguments.pictures.any()) {
      pictures_ = std::make_unique<CaptionPictures>(arguments.pictures, list_.photos.size());
    }
  }

  int run() {
    for (const auto& problem : list_.problems) complain(problem);
    // Pictures are drawn on the original pixels: then pictures go one by one, so that only one is held in memory.
    const std::size_t batch = pictures_ ? 1 : kBatch;
    for (std::size_t first = 0; first < list_.photos.size(); first += batch) {
      caption_batch(first, std::min(batch, list_.photos.size() - first));
    }
    return status_;
  }

 private:
  static constexpr std::size_t kBatch = 16;

  void complain(const std::string& problem) {
    std::fflush(stdout);
    std::fputs(fmt::format("saccade: error: {}\n", problem).c_str(), stderr);
    status_ = kFailure;
  }

  void caption_batch(std::size_t first, std::size_t count) {
    std::vector<Photo> photos(count);
    cv::parallel_for_(cv::Range(0, static_cast<int>(count)), [&](const cv::Range& range) {
      for (int i = range.start; i < range.end; ++i) {
        const auto place = static_cast<std::size_t>(i);
        photos[place] = read_photo(list_.photos[first + place], model_.preprocessing, pictures_ != nullptr);
      }
    });
    const auto captions = describe_readable(photos);
    std::size_t next = 0;
    for (const Photo& photo : photos) {
      if (photo.problem.empty()) {
        show(photo, captions[next++]);
      } else {
        complain(photo.problem);
      }
    }
  }

  /// The captions to show of those photos that could be read, in order.
  std::vector<std::vector<Caption>> describe_readable(const std::vector<Photo>& photos) {
    std::vector<torch::Tensor> inputs;
    const std::int64_t side = model_.preprocessing.input_size;
    for (const Photo& photo : photos) {
      if (!photo.problem.empty()) continue;
      inputs.push_back(torch::from_blob(const_cast<float*>(photo.input.pixels.data()), {1, side, side, 3}));
    }
    if (inputs.empty()) return {};
    const torch::Tensor annotations = model_.encode(inputs.size() == 1 ? inputs[0] : at::cat(inputs));
    auto captions = model_.caption(annotations, arguments_.search);
    for (auto& of_photo : captions) {
      of_photo.resize(std::min(of_photo.size(), static_cast<std::size_t>(arguments_.top)));
    }
    models::SearchOptions search = arguments_.search;
    for (int sample = 1; sample < arguments_.samples; ++sample) {
      ++search.seed;
      auto more = model_.caption(annotations, search);
      for (std::size_t i = 0; i < more.size(); ++i) captions[i].push_back(std::move(more[i].front()));
    }
    return captions;
  }

  void show(const Photo& photo, const std::vector<Caption>& captions) {
    for (std::size_t i = 0; i < captions.size(); ++i) {
      const std::string line = arguments_.json ? json_line(photo.path, static_cast<int>(i) + 1, captions[i])
                                               : photo.path.string() + "\t" + captions[i].text();
      std::fputs((line + "\n").c_str(), stdout);
    }
    std::fflush(stdout);
    if (!pictures_) return;
    try {
      pictures_->write(photo.path, photo.pixels, captions, photo.input.geometry);
    } catch (const Error& error) {
      complain(error.what());
    }
  }

  const CaptionArguments& arguments_;
  models::Captioner model_;
  PhotoList list_;
  std::unique_ptr<CaptionPictures> pictures_;
  int status_ = kSuccess;
};

}  // namespace

int run_caption(const std::vector<std::string>& arguments) {
  CaptionArguments a;
  const auto values = parse(arguments, describe(a), {"photo", &a.photos}, kUsageText, kEpilogue);
  if (!values) return kSuccess;
  check(a);
  // Threads take longer to start than they save on a single photo.
  PhotoList list = list_photos(a.photos);
  use_threads(a.threads == 0 && list.photos.size() == 1 ? 1 : a.threads);
  const torch::Device device = device_of(a.device);
  models::Captioner model = models::load_checkpoint(model_file(a.model));
  if (!model.decoder->attention().chooses()) {
    for (const char* option : {"hard", "seed", "samples", "scan-path"}) {
      if (values->count(option) == 0 || (*values)[option].defaulted()) continue;
      throw UsageError(
          fmt::format("--{} is for models of hard attention; this one's is soft (--model hard has it)", option));
    }
  }
  model.to(device);
  return CaptionRun(a, std::move(model), std::move(list)).run();
}

}  // namespace saccade::app
