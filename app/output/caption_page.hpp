#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/base/atomic_file.hpp"
#include "core/text/caption.hpp"

namespace saccade::app {

/// A caption on a page, and what stands above it ("soft", "sample, seed 3").
struct PageCaption {
  std::string label;
  Caption caption;
};

/// A page for a browser, in one file that needs no other: photos with their captions, the map of each word under the
/// pointer. Photos are written as they come, and the file appears when it is whole.
class CaptionPage {
 public:
  /// Throws Error when the file cannot be written.
  explicit CaptionPage(const std::filesystem::path& file);

  void add(const std::filesystem::path& photo, const cv::Mat& pixels, const std::vector<PageCaption>& captions);

  void finish();

 private:
  AtomicFile file_;
  std::string end_;  // of the template
};

}  // namespace saccade::app
