#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "app/output/output_guard.hpp"
#include "core/base/fields.hpp"
#include "core/text/caption.hpp"
#include "vision/drawing/font.hpp"
#include "vision/drawing/overlay.hpp"
#include "vision/input/geometry.hpp"

namespace saccade::app {

/// The destination of pictures: a file for a single photo, or a folder with one name per photo.
class PictureTarget {
 public:
  /// Creates the folder. Throws Error if this fails or the format is unsupported.
  PictureTarget(std::filesystem::path target, bool single_photo);

  /// The file for a photo with this path below the input folder: the same path with another extension, and a number if
  /// it is already used.
  std::filesystem::path file_for(const std::filesystem::path& photo);

 private:
  std::filesystem::path target_;
  bool single_file_;
  std::set<std::string> taken_;
};

/// The pictures to draw; empty paths are off.
struct PictureOptions {
  std::string overlay;        ///< contact sheet
  bool overlay_each = false;  ///< also a full-size picture per word
  std::string scan_path;      ///< selected cells, joined in order
  vision::OverlayOptions drawing;

  void fields(Fields& f);

  bool any() const { return !overlay.empty() || !scan_path.empty(); }
};

/// The picture files of one photo; empty paths are off.
struct PictureFiles {
  std::filesystem::path sheet, scan_path;
  std::filesystem::path words;  ///< folder with one picture per word
  std::string photo_mark;       ///< identifies the photo in the maker marks of its pictures

  /// Throws Error like the guard, also if a file shows another photo.
  void claim(OutputGuard& guard) const;
};

/// Draws the pictures of photos.
class CaptionPictures {
 public:
  CaptionPictures(const PictureOptions& options, bool single_photo);

  /// The files for the next photo. Names depend on previous photos, so call it for every photo. `relative`: path of the
  /// photo below the input folder.
  PictureFiles files_for(const std::filesystem::path& photo, const std::filesystem::path& relative);

  /// Draws the sheet of the first caption and the scan paths of all. Throws Error if a file cannot be written.
  void write(const PictureFiles& files, const cv::Mat& photo, const std::vector<Caption>& captions,
             const vision::Geometry& geometry) const;

  const vision::Font& font() const { return font_; }

 private:
  void write_sheet(const PictureFiles& files, const cv::Mat& photo, const Caption& caption,
                   const vision::Geometry& geometry) const;

  PictureOptions options_;
  vision::Font font_;
  std::optional<PictureTarget> overlay_, scan_path_;
};

}  // namespace saccade::app
