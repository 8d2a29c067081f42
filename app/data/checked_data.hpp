#pragma once

#include <cstdio>
#include <filesystem>
#include <set>
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

  /// All images, each with its file.
  const CaptionDataset& all() const { return all_; }

  /// As the captions say, or drawn. Call it once: photos of other splits are added to the findings.
  Split split() { return split_of(file_, all_, options_.split_seed, &findings_); }

  /// The images of a list, or those named where there is no list.
  CaptionDataset part(const std::filesystem::path& list, const std::vector<std::string>& otherwise);

  /// Reads all photos of a part, with a progress line, and leaves out those that are missing or broken.
  void check_photos(CaptionDataset& part);

  /// Warns on `stream` of photos that are in both parts: the same file, or files of the same bytes. `name` is that of
  /// `other`: "dev", "test".
  void warn_of_shared(const CaptionDataset& training, const CaptionDataset& other, const std::string& name,
                      std::FILE* stream);

  const std::vector<Finding>& findings() const { return findings_; }
  std::size_t stopping() const;

  /// Throws Error, after a table of all findings on stderr where there are several, when there are some that stop and
  /// --skip-broken was not given. Prints one line of counts on stderr.
  void require_sound() const;

  /// Writes all findings to the file that was asked for, if any.
  void write_report() const;

 private:
  std::string counts() const;

  const DataOptions& options_;
  CaptionsFile file_;
  std::vector<Finding> findings_;
  std::vector<Finding> shared_;  ///< photos that are in two parts
  CaptionDataset all_;
  std::set<std::string> in_parts_;                   ///< names of the photos of all parts
  std::size_t used_photos_ = 0, used_captions_ = 0;  ///< of all parts, after the photos were checked
};

/// A line for each finding but other files: its kind, where it is, what it is.
void print_findings(std::FILE* stream, const std::vector<Finding>& findings);

/// "20 other files ignored"; empty where there are none.
std::string count_others(const std::vector<Finding>& findings);

/// "3 missing photos, 1 malformed", in the order in which the kinds come. Files that are no photos are not counted.
std::string count_by_kind(const std::vector<Finding>& findings);

}  // namespace saccade::app
