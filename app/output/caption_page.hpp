#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/base/atomic_file.hpp"
#include "core/text/caption.hpp"

namespace saccade::app {

/// A caption on a page with its label ("soft", "sample, seed 3").
struct PageCaption {
  std::string label;
  Caption caption;
};

/// A self-contained web page with photos, captions and maps. Photos are written immediately, and the file appears when
/// it is complete.
class CaptionPage {
 public:
  /// Throws Error if the file cannot be written.
  explicit CaptionPage(const std::filesystem::path& file);

  void add(const std::filesystem::path& photo, const cv::Mat& pixels, const std::vector<PageCaption>& captions);

  void finish();

 private:
  AtomicFile file_;
  std::string end_;  // end of the template
};

}  // namespace saccade::app
