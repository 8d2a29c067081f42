#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

/// Synonym sets of English words from WordNet 3.0 (Fellbaum 1998).
class WordNet {
 public:
  /// Folder of the database in Debian's package `wordnet-base`.
  static constexpr const char* kDefaultFolder = "/usr/share/wordnet";

  /// Reads the index and exception files of all parts of speech. Throws Error with the missing file or invalid line.
  explicit WordNet(const std::filesystem::path& folder = kDefaultFolder);

  /// Sorted numbers of the synonym sets of a lower-case word and of its base forms ("dogs" includes those of "dog").
  std::vector<std::uint32_t> synonym_sets(const std::string& word) const;

 private:
  void read_index(const std::filesystem::path& path);
  void read_exceptions(const std::filesystem::path& path);
  void append_sets(const std::string& word, std::vector<std::uint32_t>& sets) const;

  std::unordered_map<std::string, std::vector<std::uint32_t>> sets_of_;
  std::unordered_map<std::string, std::vector<std::string>> irregular_;  // inflected form -> base forms
};

}  // namespace saccade
