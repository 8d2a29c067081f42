// saccade caption: captions photos and draws the attention of each word.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core/utility.hpp>

#include "app/assets.hpp"
#include "app/captioning.hpp"
#include "app/command.hpp"
#include "app/options/caption_options.hpp"
#include "app/output/caption_file.hpp"
#include "app/output/caption_page.hpp"
#include "app/output/caption_record.hpp"
#include "app/output/missing_characters.hpp"
#include "app/output/page_template.hpp"
#include "app/output/pictures.hpp"
#include "app/output/progress.hpp"
#include "app/output/sidecar.hpp"
#include "app/photo_source.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/out_of_memory.hpp"
#include "core/text/printable.hpp"
#include "models/checkpoint.hpp"
#include "vision/files/read_picture.hpp"
#include "vision/input/picture_input.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbout =
    "Captions photos (JPEG, PNG, WebP, BMP, TIFF, HEIC, AVIF, and the first frame of a GIF). PHOTO is a\n"
    "file, a folder (with its subfolders), or - for standard input: image bytes, or a list of files and\n"
    "folders, which are answered as they arrive. Prints one line per caption: the path, a tab and the\n"
    "caption; with --top, also the log-probability, and with --samples, the seed. Control characters in\n"
    "paths are escaped, except in JSON. If a photo cannot be read, prints an error, continues with the\n"
    "others, and exits with status 1. Never overwrites a photo.\n";

constexpr const char* kEpilogue =
    "With --json, each line is an object: path, rank (or sample number), caption, words, log_probability,\n"
    "log_probabilities (per word), beta (gate per word), alpha (attention weights, words x cells), cells\n"
    "(the cell that each word read; empty for soft attention) and grid (rows, columns, and shift: the\n"
    "offset of the cell centers to the lower right, in cells). --overlay and --scan-path name a file for\n"
    "a single photo and a folder for several.";

/// A photo that has been read.
struct Photo {
  PhotoItem item;
  vision::Picture picture;  ///< like `pixels`, kept only for drawing
  cv::Mat pixels;           ///< sRGB
  vision::Preprocessed input;
  std::string problem;  ///< why it could not be read
};

Photo read_photo(PhotoItem item, const vision::Preprocessing& preprocessing, bool keep_pixels) {
  Photo photo;
  photo.item = std::move(item);
  try {
    vision::Picture picture = photo.item.bytes.empty()
                                  ? vision::read_picture(photo.item.path)
                                  : vision::decode_picture(photo.item.bytes, photo.item.path.string());
    photo.input = vision::preprocess(picture, preprocessing);
    if (keep_pixels) {
      photo.pixels = vision::srgb_pixels(picture);
      photo.picture = std::move(picture);
    }
  } catch (const std::exception& error) {
    photo.problem = error.what();
    if (is_out_of_memory(error)) photo.problem = fmt::format("{}: {}", photo.item.path.string(), kOutOfMemory);
  }
  return photo;
}

/// The outputs of a photo.
struct Plan {
  bool skipped = false;  ///< it belongs to another shard or has been captioned before
  std::string problem;   ///< why its outputs cannot be written
  PictureFiles pictures;
  std::vector<std::pair<Sidecar, fs::path>> sidecars;

  std::vector<fs::path> files() const {
    std::vector<fs::path> files{pictures.sheet, pictures.scan_path};
    for (const auto& sidecar : sidecars) files.push_back(sidecar.second);
    return files;
  }
};

/// Standard output can no longer be written.
struct LostOutput : Error {
  LostOutput() : Error("standard output cannot be written: {}", std::strerror(errno)) {}
};

class CaptionRun {
 public:
  /// `compared`: a second model to show on the page. `config`: the configuration file, or an empty path.
  CaptionRun(const CaptionOptions& options, models::Captioner model, std::optional<models::Captioner> compared,
             PhotoSource source, const fs::path& config)
      : options_(options),
        model_(std::move(model)),
        compared_(std::move(compared)),
        source_(std::move(source)),
        guard_(options.many.force) {
    for (const PhotoItem& item : source_.known()) guard_.add_input(item.path);
    if (!source_.count()) guard_.add_input("/dev/stdin");  // it may have been redirected to a file
    guard_.add_input(config);
    guard_.add_model(options.model.file());
    if (compared_) guard_.add_model(model_file(options.compare));
    if (!options.many.output.empty()) file_.emplace(options.many.output, options.many.resume, guard_);
    if (!options.page.empty()) {
      guard_.claim(options.page, is_page(options.page));
      page_.emplace(options.page);
    }
    if (options.pictures.any()) pictures_.emplace(options.pictures, source_.count() == 1);
    // Conflicts of outputs are reported before work starts.
    for (const PhotoItem& item : source_.known()) plans_.push_back(plan_for(item));
  }

  int run() {
    // Drawing needs the original pixels. One photo at a time keeps the memory small.
    const std::size_t batch = keeps_pixels() ? 1 : kBatch;
    while (true) {
      std::vector<PhotoItem> items = source_.next(batch);
      const auto problems = source_.take_problems();
      for (const auto& note : source_.take_notes()) tell("saccade: note: " + note);
      for (const auto& problem : problems) complain(problem);
      if (items.empty() && problems.empty()) break;
      caption_batch(planned(std::move(items)));
      show_progress();
    }
    if (page_) page_->finish();
    if (pictures_) tell_missing_characters();
    summarize();
    return status_;
  }

 private:
  static constexpr std::size_t kBatch = 16;

  bool keeps_pixels() const { return pictures_ || page_; }

  void tell(const std::string& line) {
    std::fflush(stdout);
    progress_.print(printable(line));
  }

  void complain(const std::string& problem) {
    tell("saccade: error: " + problem);
    status_ = kFailure;
  }

  /// Whether the output file or all sidecars already have a caption of the photo.
  bool is_done(const PhotoItem& item, const Plan& plan) const {
    const auto captioned = [](const auto& sidecar) { return has_caption(sidecar.second, sidecar.first); };
    return (file_ && file_->has(item.path)) || (options_.many.resume && !plan.sidecars.empty() &&
                                                std::all_of(plan.sidecars.begin(), plan.sidecars.end(), captioned));
  }

  /// Finds faults of the photo's own files, which must not stop other photos. Returns the sidecars that may be
  /// replaced.
  std::set<fs::path> check_files(const PhotoItem& item, Plan& plan) {
    std::set<fs::path> replaceable;
    try {
      if (is_done(item, plan)) {
        plan.skipped = true;
        ++done_before_;
        return replaceable;
      }
      constexpr std::size_t kLongestName = 255;  // bytes, on common file systems
      for (const fs::path& file : plan.files()) {
        if (file.filename().string().size() > kLongestName) {
          throw Error("{}: the name of this output is too long; rename the photo", file.string());
        }
      }
      for (const auto& [kind, file] : plan.sidecars) {
        std::error_code ignored;
        if (fs::exists(file, ignored) && is_replaceable(file, kind)) replaceable.insert(file);
      }
    } catch (const Error& error) {
      plan.problem = error.what();
    }
    return replaceable;
  }

  /// Throws Error if an output would overwrite another file.
  Plan plan_for(const PhotoItem& item) {
    Plan plan;
    if (pictures_) plan.pictures = pictures_->files_for(item.path, item.relative);
    for (const Sidecar kind : options_.many.sidecars()) plan.sidecars.emplace_back(kind, sidecar_of(item.path, kind));
    plan.skipped = !options_.many.has(item.number);
    if (plan.skipped) return plan;
    const std::set<fs::path> replaceable = check_files(item, plan);
    if (plan.skipped || !plan.problem.empty()) return plan;
    if (!item.bytes.empty() && !plan.sidecars.empty()) {
      throw Error("-: --sidecar and --xmp need photos in files; use --output for a photo on standard input");
    }
    plan.pictures.claim(guard_);
    std::error_code missing;  // reading the photo will report it
    if (!fs::exists(item.path, missing)) return plan;
    for (const auto& [kind, file] : plan.sidecars) {
      const auto other = sidecar_owners_.emplace(file, item.path);
      if (!other.second && other.first->second != item.path) {
        throw Error("{}: {} has the same sidecar; use --sidecar-name full, which keeps the extensions",
                    item.path.string(), other.first->second.string());
      }
      guard_.claim(file, replaceable.count(file) != 0);
    }
    return plan;
  }

  /// The photos to caption.
  std::vector<PhotoItem> planned(std::vector<PhotoItem> items) {
    std::vector<PhotoItem> wanted;
    for (PhotoItem& item : items) {
      if (item.number >= plans_.size()) {  // from standard input
        plans_.resize(item.number + 1);
        guard_.add_input(item.path);
        try {
          plans_[item.number] = plan_for(item);
        } catch (const Error& error) {
          plans_[item.number].problem = error.what();
        }
      }
      const Plan& plan = plans_[item.number];
      if (!plan.problem.empty()) {
        fail(plan.problem);
      } else if (!plan.skipped) {
        wanted.push_back(std::move(item));
      }
    }
    return wanted;
  }

  void caption_batch(std::vector<PhotoItem> items) {
    std::vector<Photo> photos(items.size());
    cv::parallel_for_(cv::Range(0, static_cast<int>(items.size())), [&](const cv::Range& range) {
      for (int i = range.start; i < range.end; ++i) {
        const auto place = static_cast<std::size_t>(i);
        photos[place] = read_photo(std::move(items[place]), model_.preprocessing, keeps_pixels());
      }
    });
    const auto captions = describe_readable(photos);
    std::size_t next = 0;
    for (const Photo& photo : photos) {
      if (photo.problem.empty()) {
        show(photo, captions[next++]);
      } else {
        fail(photo.problem);
      }
    }
  }

  void fail(const std::string& problem) {
    complain(problem);
    ++failed_;
  }

  /// The captions of the photos that could be read, in order.
  std::vector<std::vector<Caption>> describe_readable(const std::vector<Photo>& photos) {
    std::vector<const vision::Preprocessed*> inputs;
    for (const Photo& photo : photos) {
      if (photo.problem.empty()) inputs.push_back(&photo.input);
    }
    return caption_photos(model_, inputs, choice_of(model_));
  }

  CaptionChoice choice_of(const models::Captioner& model) const {
    return {options_.search_of(model), options_.top, options_.samples, options_.head, options_.layer};
  }

  void add_to_page(const Photo& photo, const std::vector<Caption>& captions) {
    std::vector<PageCaption> shown;
    add_labelled(shown, options_.model.model, captions);
    if (compared_) {
      const vision::Preprocessed input = vision::preprocess(photo.picture, compared_->preprocessing);
      add_labelled(shown, options_.compare, caption_photos(*compared_, {&input}, choice_of(*compared_))[0]);
    }
    page_->add(photo.item.path, photo.pixels, shown);
  }

  void add_labelled(std::vector<PageCaption>& shown, const std::string& model,
                    const std::vector<Caption>& captions) const {
    const std::string name = fs::path(model).stem().string();
    for (std::size_t i = 0; i < captions.size(); ++i) {
      const std::string which = captions.size() == 1   ? ""
                                : options_.samples > 1 ? fmt::format(", seed {}", options_.search.seed + i)
                                                       : fmt::format(", caption {}", i + 1);
      shown.push_back({name + which, captions[i]});
    }
  }

  void show(const Photo& photo, const std::vector<Caption>& captions) {
    const Plan& plan = plans_[photo.item.number];
    try {
      write_captions(photo.item.path, captions, plan.sidecars);
      if (pictures_) pictures_->write(plan.pictures, photo.pixels, captions, photo.input.geometry);
      if (page_) add_to_page(photo, captions);
      ++captioned_;
    } catch (const LostOutput&) {
      throw;
    } catch (const Error& error) {
      fail(error.what());
    }
  }

  void write_captions(const fs::path& path, const std::vector<Caption>& captions,
                      const std::vector<std::pair<Sidecar, fs::path>>& sidecars) {
    std::vector<CaptionRecord> records;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < captions.size(); ++i) {
      CaptionRecord record{path, static_cast<int>(i) + 1, captions[i], options_.top > 1, std::nullopt};
      if (options_.samples > 1) record.seed = options_.search.seed + i;
      records.push_back(record);
      texts.push_back(captions[i].text());
    }
    if (file_) {
      file_->add(records);
    } else if (sidecars.empty()) {
      const RecordFormat& format = record_formats().at(options_.json ? "jsonl" : "text");
      for (const auto& record : records) std::fputs(format.write(record).c_str(), stdout);
      if (std::fflush(stdout) != 0) throw LostOutput();  // further photos would fail too
    }
    for (const auto& [kind, file] : sidecars) write_sidecar(file, kind, texts);
  }

  /// Shows a progress bar unless captions are printed to the terminal.
  void show_progress() {
    const bool elsewhere = file_ || page_ || !options_.many.sidecars().empty() || ::isatty(STDOUT_FILENO) == 0;
    if (options_.many.quiet || !elsewhere || !progress_.on_terminal()) return;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    const std::size_t done = captioned_ + failed_;
    const double rate = static_cast<double>(done) / std::max(seconds.count(), 1e-3);
    const auto count = source_.count();
    if (!count) return progress_.show("captions", 0, 1, fmt::format("{} photos, {:.1f} a second", done, rate));
    std::size_t all = 0;
    for (std::size_t i = 0; i < *count; ++i) all += plans_[i].skipped ? 0 : 1;
    const double left = static_cast<double>(all - done) / std::max(rate, 1e-3);
    progress_.show("captions", static_cast<double>(done), static_cast<double>(all),
                   fmt::format("{}/{} photos, {:.1f} a second, {} left", done, all, rate, duration(left)));
  }

  void tell_missing_characters() {
    const std::string note = missing_characters_note(pictures_->font());
    if (!note.empty()) tell("saccade: note: " + note);
  }

  void summarize() {
    progress_.clear();
    const bool told = failed_ > 0 || file_ || page_ || !options_.many.sidecars().empty() || progress_.on_terminal();
    if (options_.many.quiet || !told || captioned_ + failed_ + done_before_ < 2) return;
    const std::string before = done_before_ > 0 ? fmt::format(", {} were captioned before", done_before_) : "";
    tell(fmt::format("{} captioned, {} failed{}", captioned_, failed_, before));
  }

  const CaptionOptions& options_;
  models::Captioner model_;
  std::optional<models::Captioner> compared_;
  PhotoSource source_;
  OutputGuard guard_;
  std::optional<CaptionFile> file_;
  std::optional<CaptionPictures> pictures_;
  std::optional<CaptionPage> page_;
  std::vector<Plan> plans_;
  std::map<fs::path, fs::path> sidecar_owners_;
  std::size_t captioned_ = 0, failed_ = 0, done_before_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  ProgressLine progress_;
  int status_ = kSuccess;
};

int run(const std::vector<std::string>& arguments) {
  CaptionOptions options;
  const auto given = parse(caption_command(), arguments, fields_of(options), {"photo", &options.photos});
  if (!given) return kSuccess;
  options.check(*given);
  options.search.precision = options.compute.precision();
  PhotoSource source(options.photos, options.many.null_separated ? '\0' : '\n');
  // For a single photo, starting more threads takes longer than they save.
  options.compute.use_threads(/*single_photo=*/source.count() == 1);
  const torch::Device device = options.compute.device();
  models::Captioner model = options.model.open();
  options.check_model(*given, model);
  model.to(device);
  model.encoder->set_precision(options.search.precision);
  if (options.search_of(model).specificity > 0) model.precompute_blank();
  std::optional<models::Captioner> compared;
  if (!options.compare.empty()) {
    compared = models::load_checkpoint(model_file(options.compare), options.model.load);
    compared->to(device);
    compared->encoder->set_precision(options.search.precision);
    if (options.search_of(*compared).specificity > 0) compared->precompute_blank();
  }
  return CaptionRun(options, std::move(model), std::move(compared), std::move(source), config_file(*given)).run();
}

}  // namespace

const Command& caption_command() {
  static const Command command{"caption",
                               "caption photos and draw attention maps",
                               "PHOTO... [OPTION...]",
                               kAbout,
                               kEpilogue,
                               declare_options<CaptionOptions>,
                               run};
  return command;
}

}  // namespace saccade::app
