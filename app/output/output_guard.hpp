#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace saccade::app {

/// Protects files from being overwritten: inputs of the command always, files of other programs unless the user forces
/// it, and outputs from each other.
class OutputGuard {
 public:
  /// `force`: files that this program did not write may be replaced.
  explicit OutputGuard(bool force) : force_(force) {}

  /// Protects an input, under all of its names and links. Ignores empty paths and devices.
  void add_input(const std::filesystem::path& file);

  /// The same for a model and the file with its encoder.
  void add_model(const std::filesystem::path& file);

  /// The same for a captions file, or for the text files in a folder of captions.
  void add_captions(const std::filesystem::path& file_or_folder);

  /// Claims a file that will be replaced. `ours`: this program wrote it. `conflict`: a reason not to replace it, or
  /// empty. Throws Error if the command reads the file, another output claimed it, it cannot be written
  /// (require_writable), or, without `force`, if it exists and is not `ours` or has a conflict.
  void claim(const std::filesystem::path& file, bool ours, const std::string& conflict = {});

  /// The same for a file that is opened and extended, without the check that it can be written.
  void claim_in_place(const std::filesystem::path& file, bool ours, const std::string& conflict = {});

 private:
  /// Throws Error if the file is an input or already claimed.
  void take(const std::filesystem::path& file);

  bool force_;
  std::set<std::pair<unsigned long, unsigned long>> inputs_;  // device and inode
  std::set<std::string> claimed_;
};

}  // namespace saccade::app
