#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/standard_input.hpp"

namespace saccade::app {

/// A photo to caption: a file, or bytes from standard input.
struct PhotoItem {
  std::filesystem::path path;
  std::string bytes;               ///< image bytes; empty: read the file
  std::filesystem::path relative;  ///< path below the named folder; the file name if the photo itself was named
  std::size_t number = 0;          ///< zero-based index of the photo
};

/// The photos that the command line names: files, folders with all images below them (sorted by name, selected by
/// extension; links are followed, hidden files skipped), and `-` for standard input: image bytes, or a list of files
/// and folders that is read as it arrives.
class PhotoSource {
 public:
  /// Searches folders. `separator`: between the paths of a list.
  PhotoSource(const std::vector<std::string>& words, char separator);

  /// Photos that are known before standard input is read.
  const std::deque<PhotoItem>& known() const { return known_; }

  /// Number of photos, if known without standard input.
  std::optional<std::size_t> count() const;

  /// Returns up to `most` next photos. Waits for the first and adds those that are available. Empty at the end, and if
  /// a problem must be reported first.
  std::vector<PhotoItem> next(std::size_t most);

  /// New error messages for arguments that do not exist.
  std::vector<std::string> take_problems();
  /// New messages about skipped files in folders.
  std::vector<std::string> take_notes();

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void add(const std::filesystem::path& path, std::deque<PhotoItem>& photos);
  bool read_standard_input();

  std::deque<PhotoItem> known_;
  std::deque<PhotoItem> arrived_;  // of standard input, to be given out
  std::size_t next_ = 0;
  std::size_t found_ = 0;
  std::size_t turn_ = kNone;  // of standard input: before known_[turn_]; kNone: it is not read, or at its end
  bool sniffed_ = false;      // the first bytes of standard input have been looked at
  StandardInput input_;
  char separator_;
  std::vector<std::string> problems_, notes_;
};

}  // namespace saccade::app
