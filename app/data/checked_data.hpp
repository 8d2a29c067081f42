#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "app/options/data_options.hpp"
#include "core/data/dataset.hpp"
#include "core/data/split.hpp"

namespace saccade::app {

/// A captions dataset and all that is wrong with it, found before any work.
class CheckedData {
 public:
  /// Reads the captions. Throws Error when nothing of them can be understood, or when there is no folder of images.
  explicit CheckedData(const DataOptions& options);

  const CaptionDataset& all() const { return all_; }

  /// As the captions say, or drawn.
  Split split() const { return split_of(file_, all_, options_.split_seed); }

  /// The images of a list, or those named where there is no list.
  CaptionDataset part(const std::filesystem::path& list, const std::vector<std::string>& otherwise);

  /// Reads all photos of a part, with a progress line, and leaves out those that are missing or broken.
  void check_photos(CaptionDataset& part);

  const std::vector<Finding>& findings() const { return findings_; }
  std::size_t stopping() const;

  /// Throws Error, after a table of all findings on stderr where there are several, when there are some that stop and
  /// --skip-broken was not given. What does not stop is counted on stderr.
  void require_sound() const;

 private:
  const DataOptions& options_;
  CaptionsFile file_;
  std::vector<Finding> findings_;
  CaptionDataset all_;
};

/// A line for each finding: its kind, where it is, what it is.
void print_findings(std::FILE* stream, const std::vector<Finding>& findings);

/// "3 missing photos, 1 malformed", in the order in which the kinds come.
std::string count_by_kind(const std::vector<Finding>& findings);

}  // namespace saccade::app
