#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace saccade {

/// Something to report about a dataset.
struct Finding {
  std::string kind;   ///< "malformed", "missing photo", ...; a singular noun, by which findings are counted
  std::string where;  ///< file and line, or photo
  std::string what;   ///< a phrase
  bool stops = true;  ///< the item cannot be used; training stops without --skip-broken
};

/// Kinds of findings that are counted but are no faults: files that are no photos, and photos without captions in the
/// folder of a captions file.
inline constexpr const char* kOtherFile = "other file";
inline constexpr const char* kUnmentionedPhoto = "photo that no caption mentions";

/// One caption as it appears in the file.
struct CaptionEntry {
  std::string image;  ///< file name, relative to the images folder
  std::string text;   ///< valid UTF-8
  std::string place;  ///< position in the file for messages: "line 3", "image 2"
};

/// Contents of a captions file before tokenization.
class CaptionsFile {
 public:
  explicit CaptionsFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// Adds an entry. Adds a finding instead if the name is empty or outside the images folder, or the name or the text
  /// is not valid UTF-8.
  void add(std::string_view image, std::string_view text, std::string place);

  /// Adds a finding that the file cannot be read at this position. `why`: a phrase.
  void malformed(const std::string& place, std::string why);

  /// Adds a finding that does not stop training. `where`: file or photo; `what`: a phrase.
  void note(std::string kind, std::string where, std::string what) {
    findings_.push_back({std::move(kind), std::move(where), std::move(what), false});
  }

  /// Adds a finding that the file lists an image without captions.
  void uncaptioned(const std::string& image, const std::string& place);

  /// Sets the split of an image by its name in the file. The first one takes precedence.
  void put(const std::string& image, const std::string& split, const std::string& place);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<CaptionEntry>& entries() const { return entries_; }
  const std::vector<Finding>& findings() const { return findings_; }
  const std::unordered_map<std::string, std::string>& splits() const { return splits_; }
  /// Images that the file lists without captions.
  const std::vector<std::string>& uncaptioned_images() const { return uncaptioned_; }

 private:
  std::filesystem::path path_;
  std::vector<CaptionEntry> entries_;
  std::vector<Finding> findings_;
  std::unordered_map<std::string, std::string> splits_;
  std::vector<std::string> uncaptioned_;
};

/// Why this name cannot be joined to the images folder, or an empty string.
std::string fault_of_name(std::string_view name);

/// Reads a captions file or folder in the named format (core/data/format.hpp); "auto" detects it. Throws Error if it
/// cannot be read, its format is unknown, or it has no captions.
CaptionsFile read_captions_file(const std::filesystem::path& path, const std::string& format = "auto");

}  // namespace saccade
