#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace saccade::app {

/// Sees to it that nothing is overwritten which this program did not make: what the command reads never, anything else
/// only when the user insists, and no output by another.
class OutputGuard {
 public:
  /// `force`: files that others made may be replaced.
  explicit OutputGuard(bool force) : force_(force) {}

  /// Notes a file that is read, by whatever name and link; an empty name is none, and neither is a device.
  void add_input(const std::filesystem::path& file);

  /// The same for a model, and for the file that has its encoder.
  void add_model(const std::filesystem::path& file);

  /// The same for a captions file; of a folder of captions, for the text files in it.
  void add_captions(const std::filesystem::path& file_or_folder);

  /// Claims a file for writing. Throws Error when it is one that is read, when it was claimed already, when it exists,
  /// is not `ours`, and nobody insists, or when it cannot be replaced (require_writable).
  void claim(const std::filesystem::path& file, bool ours);

  /// The same for a file that is opened as it is, not replaced; whoever opens it says when it cannot be written.
  void claim_in_place(const std::filesystem::path& file, bool ours);

 private:
  /// Throws Error when the file is one that is read, or was claimed already.
  void take(const std::filesystem::path& file);

  bool force_;
  std::set<std::pair<unsigned long, unsigned long>> inputs_;  // device and number of the file
  std::set<std::string> claimed_;
};

}  // namespace saccade::app
