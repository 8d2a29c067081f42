#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/standard_input.hpp"

namespace saccade::app {

/// A photo to be captioned: a file, or bytes that came on standard input.
struct PhotoItem {
  std::filesystem::path path;
  std::string bytes;       ///< empty: they are the file's
  std::size_t number = 0;  ///< of all photos, as they were found, from 0
};

/// The photos that the words of a command line name: files as they are, folders as the pictures in and below them
/// (sorted by name, told by their extension; links are followed, hidden files left out), `-` as what comes on standard
/// input: a photo's bytes, or a list of files and folders, taken as it comes.
class PhotoSource {
 public:
  /// Looks through folders. `separator` stands between the paths of a list.
  PhotoSource(const std::vector<std::string>& words, char separator);

  /// The photos that are known before standard input is read.
  const std::deque<PhotoItem>& known() const { return known_; }

  /// How many photos there are, unless standard input has a say in it.
  std::optional<std::size_t> count() const;

  /// The next photos, at most so many: it waits for one, and takes further ones as far as they are there. Nothing after
  /// the last, and where there is a problem to tell first.
  std::vector<PhotoItem> next(std::size_t most);

  /// A sentence for each word that names nothing, since this was asked last.
  std::vector<std::string> take_problems();
  /// A sentence for each folder of which files were left out, likewise.
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
