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

/// A captions dataset and its problems, which are found before work starts.
class CheckedData {
 public:
  /// Reads the captions. Throws Error if they cannot be read at all, or if the images folder does not exist.
  explicit CheckedData(const DataOptions& options);

  /// All images, each with its file.
  const CaptionDataset& all() const { return all_; }

  /// The split in the captions file, or a random one. Adds photos of other splits to the findings, so call it once.
  Split split() { return split_of(file_, all_, options_.split_seed, &findings_); }

  /// The images of a list, or, without a list, those with the names in `otherwise`.
  CaptionDataset part(const std::filesystem::path& list, const std::vector<std::string>& otherwise);

  /// Reads all photos of a part, with a progress line, and removes those that are missing or broken.
  void check_photos(CaptionDataset& part);

  /// Warns on `stream` of photos in both parts: the same file, or files with the same bytes. `name`: name of `other`,
  /// such as "dev".
  void warn_of_shared(const CaptionDataset& training, const CaptionDataset& other, const std::string& name,
                      std::FILE* stream);

  const std::vector<Finding>& findings() const { return findings_; }
  std::size_t stopping() const;

  /// Prints one line of counts to stderr. Throws Error if there are findings that stop and --skip-broken was not given;
  /// if there are several, prints a table of all findings first.
  void require_sound() const;

  /// Writes all findings to the file of --report, if any.
  void write_report() const;

 private:
  /// Finds images in the folder that the captions file does not mention.
  void find_unmentioned();

  std::string counts() const;

  const DataOptions& options_;
  CaptionsFile file_;
  std::vector<Finding> findings_;
  std::vector<Finding> shared_;  ///< photos that are in two parts
  CaptionDataset all_;
  std::set<std::string> in_parts_;                   ///< names of the photos in all parts
  std::size_t used_photos_ = 0, used_captions_ = 0;  ///< in all parts, after the check
};

/// Prints a line with kind, place and text for each finding, except other files and unmentioned photos.
void print_findings(std::FILE* stream, const std::vector<Finding>& findings);

/// "20 other files, 3 photos that no caption mentions ignored", or an empty string.
std::string count_others(const std::vector<Finding>& findings);

/// "3 missing photos, 1 malformed", in the order of the findings, without other files and unmentioned photos.
std::string count_by_kind(const std::vector<Finding>& findings);

}  // namespace saccade::app
