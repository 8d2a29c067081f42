// saccade caption: photos in; captions, and pictures of where each word came from, out.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <opencv2/core/utility.hpp>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/device.hpp"
#include "app/options.hpp"
#include "app/photo_list.hpp"
#include "core/error.hpp"
#include "models/checkpoint.hpp"
#include "vision/contact_sheet.hpp"
#include "vision/image.hpp"
#include "vision/image_writer.hpp"

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
    "With --json a line is an object: path, rank, caption, words, log_probability, log_probabilities (a word),\n"
    "beta (the gate, a word), alpha (the attention weights, words x cells) and grid (rows, columns, shift: how far "
    "what a\n"
    "cell sees lies right of and below its tile, in cells).\n"
    "--overlay takes a picture's name for a single photo, and otherwise a folder.\n";

struct CaptionArguments {
  std::vector<std::string> photos;
  std::string model;
  models::SearchOptions search;
  int top = 1;
  bool json = false;
  std::string overlay;
  bool overlay_each = false;
  vision::OverlayOptions drawing;
  std::string scale = "caption";
  std::string precision = "auto";
  int threads = 0;
  std::string device = "auto";
};

po::options_description describe(CaptionArguments& a) {
  po::options_description visible("Options");
  // clang-format off
  visible.add_options()
      ("model", po::value(&a.model)->value_name("FILE"), "model (default: the one that comes with the program)")
      ("beam", po::value(&a.search.beam)->default_value(a.search.beam)->value_name("N"), "beam width; 1 is greedy search")
      ("top", po::value(&a.top)->default_value(a.top)->value_name("N"), "captions a picture, at most the beam width")
      ("json", po::bool_switch(&a.json), "print JSON, with all attention weights")
      ("overlay", po::value(&a.overlay)->value_name("OUT"), "write a contact sheet: where each word was looked for")
      ("overlay-each", po::bool_switch(&a.overlay_each), "beside the sheet, a full-size PNG for each word")
      ("smooth", po::value(&a.drawing.smooth)->default_value(a.drawing.smooth)->value_name("X"),
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
  check_range("smooth", a.drawing.smooth, 0, 1);
  check_range("threads", a.threads, 0, 1024);
  if (a.scale != "caption" && a.scale != "word") {
    throw UsageError(fmt::format("--scale must be caption or word, not '{}'", a.scale));
  }
  a.search.precision = precision_of(a.precision);
  a.drawing.scale = a.scale == "word" ? vision::Scale::word : vision::Scale::caption;
  if (a.overlay_each && a.overlay.empty()) throw UsageError("--overlay-each needs --overlay, which says where to");
}

/// Draws the overlays of one photo after another, each under a name of its own.
class OverlayWriter {
 public:
  OverlayWriter(const CaptionArguments& arguments, std::size_t photos)
      : arguments_(arguments), font_(bundled_font()), target_(arguments.overlay) {
    single_file_ = photos == 1 && target_.has_extension() && !fs::is_directory(target_);
    if (single_file_) {
      vision::require_writable_format(target_);
      return;
    }
    std::error_code error;
    fs::create_directories(target_, error);
    if (error) throw Error("{}: cannot make this folder: {}", target_.string(), error.message());
  }

  void write(const fs::path& photo_path, const cv::Mat& photo, const Caption& caption,
             const vision::Geometry& geometry) {
    const fs::path sheet_path = single_file_ ? target_ : target_ / (free_stem(photo_path) + ".png");
    vision::SheetOptions options;
    options.overlay = arguments_.drawing;
    vision::write_image(sheet_path, vision::contact_sheet(photo, caption, geometry, options, font_));
    if (!arguments_.overlay_each) return;
    for (std::size_t t = 0; t < caption.words.size(); ++t) {
      std::string word = caption.words[t];
      std::replace(word.begin(), word.end(), '/', '_');  // a foreign model's words may be anything
      const std::string name = fmt::format("{}-{:02}-{}.png", sheet_path.stem().string(), t + 1, word);
      vision::write_image(sheet_path.parent_path() / name,
                          vision::word_overlay(photo, caption, t, geometry, arguments_.drawing));
    }
  }

 private:
  /// The photo's name without its extension, with a number when another photo took it already.
  std::string free_stem(const fs::path& photo_path) {
    const std::string stem = photo_path.stem().string();
    std::string name = stem;
    for (int number = 2; !taken_.insert(name).second; ++number) name = fmt::format("{}-{}", stem, number);
    return name;
  }

  const CaptionArguments& arguments_;
  vision::Font font_;
  fs::path target_;
  bool single_file_ = false;
  std::set<std::string> taken_;
};

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
      {"grid", {{"rows", caption.grid.rows}, {"columns", caption.grid.columns}, {"shift", caption.grid.shift}}}};
  // A path may hold any bytes; JSON may not.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class CaptionRun {
 public:
  CaptionRun(const CaptionArguments& arguments, models::Captioner model, PhotoList list)
      : arguments_(arguments), model_(std::move(model)), list_(std::move(list)) {
    if (!arguments.overlay.empty()) overlays_ = std::make_unique<OverlayWriter>(arguments, list_.photos.size());
  }

  int run() {
    for (const auto& problem : list_.problems) complain(problem);
    // Sheets are drawn on the original pixels: then pictures go one by one, so that only one is held in memory.
    const std::size_t batch = overlays_ ? 1 : kBatch;
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
        photos[place] = read_photo(list_.photos[first + place], model_.preprocessing, overlays_ != nullptr);
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

  /// The captions of those photos that could be read, in order.
  std::vector<std::vector<Caption>> describe_readable(const std::vector<Photo>& photos) {
    std::vector<torch::Tensor> inputs;
    const std::int64_t side = model_.preprocessing.input_size;
    for (const Photo& photo : photos) {
      if (!photo.problem.empty()) continue;
      inputs.push_back(torch::from_blob(const_cast<float*>(photo.input.pixels.data()), {1, side, side, 3}));
    }
    if (inputs.empty()) return {};
    return model_.caption(model_.encode(inputs.size() == 1 ? inputs[0] : at::cat(inputs)), arguments_.search);
  }

  void show(const Photo& photo, const std::vector<Caption>& captions) {
    const auto wanted = std::min(captions.size(), static_cast<std::size_t>(arguments_.top));
    for (std::size_t i = 0; i < wanted; ++i) {
      const std::string line = arguments_.json ? json_line(photo.path, static_cast<int>(i) + 1, captions[i])
                                               : photo.path.string() + "\t" + captions[i].text();
      std::fputs((line + "\n").c_str(), stdout);
    }
    std::fflush(stdout);
    if (!overlays_) return;
    try {
      overlays_->write(photo.path, photo.pixels, captions[0], photo.input.geometry);
    } catch (const Error& error) {
      complain(error.what());
    }
  }

  const CaptionArguments& arguments_;
  models::Captioner model_;
  PhotoList list_;
  std::unique_ptr<OverlayWriter> overlays_;
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
  models::Captioner model = models::load_checkpoint(a.model.empty() ? bundled_model() : fs::path(a.model));
  model.to(device);
  return CaptionRun(a, std::move(model), std::move(list)).run();
}

}  // namespace saccade::app
