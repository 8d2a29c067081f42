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

/// Where the pictures of one kind go: one file for a single photo, else a folder with a name for each photo.
class PictureTarget {
 public:
  /// Makes the folder. Throws Error when that fails, or when the file's format cannot be written.
  PictureTarget(std::filesystem::path target, bool single_photo);

  /// The file for this photo: its name without the extension, with a number when another photo took that already.
  std::filesystem::path file_for(const std::filesystem::path& photo);

 private:
  std::filesystem::path target_;
  bool single_file_;
  std::set<std::string> taken_;
};

/// What is to be drawn; nothing where a path is empty.
struct PictureOptions {
  std::string overlay;        ///< contact sheet: where each word was looked for
  bool overlay_each = false;  ///< beside it, a full-size picture for each word
  std::string scan_path;      ///< the cells that were seen, joined in order
  vision::OverlayOptions drawing;

  void fields(Fields& f);

  bool any() const { return !overlay.empty() || !scan_path.empty(); }
};

/// The pictures of one photo; empty where none is drawn.
struct PictureFiles {
  std::filesystem::path sheet, scan_path;
  std::filesystem::path words;  ///< folder of a picture for each word

  /// Throws Error when the guard does.
  void claim(OutputGuard& guard) const;
};

/// Draws the pictures of one photo after another.
class CaptionPictures {
 public:
  CaptionPictures(const PictureOptions& options, bool single_photo);

  /// The files for the next photo. What they are called depends on the photos before it: every photo has to ask, drawn
  /// or not.
  PictureFiles files_for(const std::filesystem::path& photo);

  /// The sheet is of the first caption; the scan paths of all stand side by side. Throws Error when one cannot be
  /// written.
  void write(const PictureFiles& files, const cv::Mat& photo, const std::vector<Caption>& captions,
             const vision::Geometry& geometry) const;

 private:
  void write_sheet(const PictureFiles& files, const cv::Mat& photo, const Caption& caption,
                   const vision::Geometry& geometry) const;

  PictureOptions options_;
  vision::Font font_;
  std::optional<PictureTarget> overlay_, scan_path_;
};

}  // namespace saccade::app
