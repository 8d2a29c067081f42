// saccade caption: photos in; captions, and pictures of where each word came from, out.

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core/utility.hpp>

#include "app/command.hpp"
#include "app/options/caption_options.hpp"
#include "app/output/caption_json.hpp"
#include "app/output/one_line.hpp"
#include "app/output/pictures.hpp"
#include "app/photo_list.hpp"
#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "vision/files/image.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbout =
    "Captions pictures (JPEG, PNG, WebP, BMP, TIFF). A PHOTO is a file, a folder, or - for a list of\n"
    "them on standard input. Prints a line each: path, tab, caption. A picture that cannot be read is\n"
    "told on standard error, the others go on, and the exit status is 1.\n";

constexpr const char* kEpilogue =
    "With --json a line is an object: path, rank (or number of the sample), caption, words,\n"
    "log_probability, log_probabilities (a word), beta (the gate, a word), alpha (the attention weights,\n"
    "words x cells), cells (the one that each word saw; none where it saw all by their weights) and grid\n"
    "(rows, columns, shift: how far what a cell sees lies right of and below its tile, in cells).\n"
    "--overlay and --scan-path take a picture's name for a single photo, and otherwise a folder.";

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

class CaptionRun {
 public:
  CaptionRun(const CaptionOptions& options, models::Captioner model, PhotoList list)
      : options_(options), model_(std::move(model)), list_(std::move(list)) {
    if (options.pictures.any()) {
      pictures_ = std::make_unique<CaptionPictures>(options.pictures, list_.photos.size());
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
    std::fputs(fmt::format("saccade: error: {}\n", one_line(problem)).c_str(), stderr);
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
    auto captions = model_.caption(annotations, options_.search);
    for (auto& of_photo : captions) {
      of_photo.resize(std::min(of_photo.size(), static_cast<std::size_t>(options_.top)));
    }
    models::SearchOptions search = options_.search;
    for (int sample = 1; sample < options_.samples; ++sample) {
      ++search.seed;
      auto more = model_.caption(annotations, search);
      for (std::size_t i = 0; i < more.size(); ++i) captions[i].push_back(std::move(more[i].front()));
    }
    for (auto& of_photo : captions) {
      for (Caption& caption : of_photo) caption.show_map(options_.layer, options_.head);
    }
    return captions;
  }

  void show(const Photo& photo, const std::vector<Caption>& captions) {
    for (std::size_t i = 0; i < captions.size(); ++i) {
      const std::string line = options_.json ? caption_json(photo.path, static_cast<int>(i) + 1, captions[i])
                                             : one_line(photo.path.string()) + "\t" + captions[i].text();
      std::fputs((line + "\n").c_str(), stdout);
    }
    if (std::fflush(stdout) != 0) throw Error("standard output cannot be written: {}", std::strerror(errno));
    if (!pictures_) return;
    try {
      pictures_->write(photo.path, photo.pixels, captions, photo.input.geometry);
    } catch (const Error& error) {
      complain(error.what());
    }
  }

  const CaptionOptions& options_;
  models::Captioner model_;
  PhotoList list_;
  std::unique_ptr<CaptionPictures> pictures_;
  int status_ = kSuccess;
};

int run(const std::vector<std::string>& arguments) {
  CaptionOptions options;
  const auto given = parse(caption_command(), arguments, fields_of(options), {"photo", &options.photos});
  if (!given) return kSuccess;
  options.check(*given);
  options.search.precision = options.compute.precision();
  PhotoList list = list_photos(options.photos);
  options.compute.use_threads(/*single_photo=*/list.photos.size() == 1);  // they take longer to start than they save
  const torch::Device device = options.compute.device();
  models::Captioner model = options.model.open();
  options.check_model(*given, model);
  model.to(device);
  return CaptionRun(options, std::move(model), std::move(list)).run();
}

}  // namespace

const Command& caption_command() {
  static const Command command{"caption",
                               "caption pictures, print the words, draw where each came from",
                               "PHOTO... [OPTION...]",
                               kAbout,
                               kEpilogue,
                               declare_options<CaptionOptions>,
                               run};
  return command;
}

}  // namespace saccade::app
