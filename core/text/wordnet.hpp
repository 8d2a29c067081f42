#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade::metrics {

/// The synonyms of English: which words share a synonym set of WordNet 3.0 (Fellbaum 1998).
class WordNet {
 public:
  /// Where Debian's package `wordnet-base` keeps the database.
  static constexpr const char* kDefaultFolder = "/usr/share/wordnet";

  /// Reads the index and exception files of all four parts of speech. Throws Error that names the file which is
  /// missing, and the line which cannot be read.
  explicit WordNet(const std::filesystem::path& folder = kDefaultFolder);

  /// The numbers of the synonym sets of a word in lower case and of its base forms ("dogs" has those of "dog"), rising.
  std::vector<std::uint32_t> synonym_sets(const std::string& word) const;

 private:
  void read_index(const std::filesystem::path& path);
  void read_exceptions(const std::filesystem::path& path);
  void append_sets(const std::string& word, std::vector<std::uint32_t>& sets) const;

  std::unordered_map<std::string, std::vector<std::uint32_t>> sets_of_;
  std::unordered_map<std::string, std::vector<std::string>> irregular_;  // inflected form -> base forms
};

}  // namespace saccade::metrics
