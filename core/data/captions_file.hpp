#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace saccade {

/// Something about a dataset that its owner should know.
struct Finding {
  std::string kind;   ///< "malformed", "missing photo", ...: findings are counted by it (kinds are singular nouns)
  std::string where;  ///< file and line, or photo
  std::string what;   ///< a phrase
  bool stops = true;  ///< nothing can be learned from it, rather than less
};

/// The kind of files that are no photos: they are counted, and nothing is wrong with them.
inline constexpr const char* kOtherFile = "other file";

/// One caption as its file has it.
struct CaptionEntry {
  std::string image;  ///< file name, relative to the images' folder
  std::string text;   ///< valid UTF-8
  std::string place;  ///< "line 3", "image 2": behind the file's name in messages
};

/// What a captions file holds, before captions are made words of.
class CaptionsFile {
 public:
  explicit CaptionsFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// Takes an entry, or notes what is wrong with it: a name that is empty or leads out of the images' folder, a name or
  /// text that is not valid UTF-8.
  void add(std::string_view image, std::string_view text, std::string place);

  /// Notes that the part of the file at this place cannot be read, in a phrase that says why.
  void malformed(const std::string& place, std::string why);

  /// Notes something that does not stop a training: of this kind, at a file or photo, in a phrase.
  void note(std::string kind, std::string where, std::string what) {
    findings_.push_back({std::move(kind), std::move(where), std::move(what), false});
  }

  /// Notes that the file lists an image without any caption.
  void uncaptioned(const std::string& image, const std::string& place);

  /// Notes the split that the file itself puts an image in, by its name there. Of several the first stays.
  void put(const std::string& image, const std::string& split, const std::string& place);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<CaptionEntry>& entries() const { return entries_; }
  const std::vector<Finding>& findings() const { return findings_; }
  const std::unordered_map<std::string, std::string>& splits() const { return splits_; }

 private:
  std::filesystem::path path_;
  std::vector<CaptionEntry> entries_;
  std::vector<Finding> findings_;
  std::unordered_map<std::string, std::string> splits_;
};

/// Why this cannot be an image's name, which is joined to the images' folder; empty when it can.
std::string fault_of_name(std::string_view name);

/// Reads a captions file, or folder, in the format of this name (core/data/format.hpp); "auto": whichever it is. Throws
/// Error when it cannot be read at all, when it is of no known format, and when it holds no caption.
CaptionsFile read_captions_file(const std::filesystem::path& path, const std::string& format = "auto");

}  // namespace saccade
