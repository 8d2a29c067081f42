#include "app/output/pictures.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/assets.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "core/base/registry.hpp"
#include "vision/drawing/contact_sheet.hpp"
#include "vision/drawing/scan_path.hpp"
#include "vision/files/image_writer.hpp"
#include "vision/files/maker_mark.hpp"

namespace saccade::app {
namespace fs = std::filesystem;

void PictureOptions::fields(Fields& f) {
  static const Registry<vision::Scale> scales("scale",
                                              {{"caption", vision::Scale::caption}, {"word", vision::Scale::word}});
  f(overlay, "overlay", "OUT",
    "Write a contact sheet with the attention map of each word to OUT: a file, or a folder for several photos.",
    Affects::kNothing);
  f(overlay_each, "overlay-each", "Also write a full-size PNG for each word into the folder SHEET-words.",
    Affects::kNothing);
  f(scan_path, "scan-path", "OUT",
    "Write a picture of the cells that hard attention selected, joined in order, to OUT. Several samples appear side "
    "by side.",
    Affects::kNothing);
  f(drawing.smooth, "smooth", Range{0, 1},
    "Set the interpolation of the maps: 0 draws the grid cells, 1 a smooth surface.", Affects::kNothing);
  f(drawing.scale, "scale", scales, "Normalize colors by the largest weight of the caption or of each word.",
    Affects::kNothing);
}

PictureTarget::PictureTarget(fs::path target, bool single_photo)
    : target_(std::move(target)), single_file_(single_photo && target_.has_extension() && !fs::is_directory(target_)) {
  if (single_file_) {
    vision::require_writable_format(target_);
    require_writable(target_);
    return;
  }
  std::error_code error;
  fs::create_directories(target_, error);
  if (error) throw Error("{}: cannot create the folder: {}", target_.string(), error.message());
  require_writable(target_ / "picture.png");
}

fs::path PictureTarget::file_for(const fs::path& photo) {
  if (single_file_) return target_;
  const std::string stem = fs::path(photo).replace_extension().string();
  std::string name = stem;
  for (int number = 2; !taken_.insert(name).second; ++number) name = fmt::format("{}-{}", stem, number);
  return target_ / (name + ".png");
}

CaptionPictures::CaptionPictures(const PictureOptions& options, bool single_photo)
    : options_(options), font_(bundled_font()) {
  if (!options.overlay.empty()) overlay_.emplace(options.overlay, single_photo);
  if (!options.scan_path.empty()) scan_path_.emplace(options.scan_path, single_photo);
}

void PictureFiles::claim(OutputGuard& guard) const {
  for (const fs::path& file : {sheet, scan_path}) {
    if (file.empty()) continue;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) throw Error("{}: cannot create the folder: {}", file.parent_path().string(), error.message());
    const auto mark = vision::maker_mark(file);
    guard.claim(file, mark.has_value(), mark && !mark->empty() && *mark != photo_mark ? "shows another photo" : "");
  }
  // The words are not known yet, so the folder must not contain files of other programs.
  std::error_code error;
  if (words.empty() || !fs::is_directory(words, error)) return;
  for (const auto& entry : fs::directory_iterator(words, error)) {
    if (entry.path().extension() == ".png") guard.claim(entry.path(), vision::maker_mark(entry.path()).has_value());
  }
}

PictureFiles CaptionPictures::files_for(const fs::path& photo, const fs::path& relative) {
  PictureFiles files;
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(photo, error);
  Fingerprint fingerprint;
  fingerprint.add(whole.native());
  files.photo_mark = fmt::format("{:016x}", fingerprint.number());
  if (overlay_) files.sheet = overlay_->file_for(relative);
  // A separate folder cannot collide with sheets, which have an extension.
  if (overlay_ && options_.overlay_each)
    files.words = files.sheet.parent_path() / (files.sheet.stem().string() + "-words");
  if (scan_path_) files.scan_path = scan_path_->file_for(relative);
  return files;
}

void CaptionPictures::write(const PictureFiles& files, const cv::Mat& photo, const std::vector<Caption>& captions,
                            const vision::Geometry& geometry) const {
  if (!files.sheet.empty()) write_sheet(files, photo, captions.front(), geometry);
  if (!files.scan_path.empty()) {
    vision::write_image(files.scan_path, vision::scan_paths(photo, captions, geometry, {}, font_), files.photo_mark);
  }
}

void CaptionPictures::write_sheet(const PictureFiles& files, const cv::Mat& photo, const Caption& caption,
                                  const vision::Geometry& geometry) const {
  vision::SheetOptions options;
  options.overlay = options_.drawing;
  vision::write_image(files.sheet, vision::contact_sheet(photo, caption, geometry, options, font_), files.photo_mark);
  if (files.words.empty()) return;
  std::error_code ignored;
  fs::create_directory(files.words, ignored);
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    std::string word = caption.words[t];
    std::replace(word.begin(), word.end(), '/', '_');  // words of other models may contain any character
    vision::write_image(files.words / fmt::format("{:02}-{}.png", t + 1, word),
                        vision::word_overlay(photo, caption, t, geometry, options_.drawing), files.photo_mark);
  }
}

}  // namespace saccade::app
