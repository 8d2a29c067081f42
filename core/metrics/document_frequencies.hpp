#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/ngram_index.hpp"

namespace saccade::metrics {

/// Number of images in which each n-gram (n = 1..4) occurs, for the weights of CIDEr. An n-gram counts once per image.
class DocumentFrequencies {
 public:
  DocumentFrequencies() = default;

  /// Counts a corpus, given the references of each image.
  explicit DocumentFrequencies(const std::vector<std::vector<Tokens>>& references);

  /// Adds one image.
  void add_image(const std::vector<Tokens>& references);

  std::size_t images() const { return images_; }
  const NgramIndex& index() const { return index_; }

  /// Number of images with the n-gram of this number in `index()`; 0 for unknown numbers.
  std::uint32_t frequency(std::uint32_t number) const {
    return number < frequencies_.size() ? frequencies_[number] : 0;
  }

  /// Writes a text file: the line `saccade-document-frequencies 1`, the line `images N`, then a line per n-gram
  /// with its frequency, a tab, and its words joined by spaces. Throws Error if the file cannot be written, or a word
  /// is empty or contains a tab or a line end.
  void save(const std::filesystem::path& path) const;

  /// Reads a file from `save`. Throws Error with file and line.
  static DocumentFrequencies load(const std::filesystem::path& path);

 private:
  NgramIndex index_;
  std::vector<std::uint32_t> frequencies_;  // by number
  std::size_t images_ = 0;
};

}  // namespace saccade::metrics
