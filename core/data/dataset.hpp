#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/captions_file.hpp"
#include "core/text/tokenizer.hpp"

namespace saccade {

/// One image of a captions dataset with its captions.
struct CaptionedImage {
  std::string name;                                ///< file name, relative to the images folder
  std::vector<std::vector<std::string>> captions;  ///< tokenized (core/text/tokenizer.hpp), in the order of the file
  std::filesystem::path file{};                    ///< path of the image; empty until the images folder is known
};

using CaptionDataset = std::vector<CaptionedImage>;

/// The images of a captions file with their captions, in the order of each image's first caption. Omits captions
/// without words, and images without captions. Adds the problems of the file and the captions to `findings`, and
/// whether captions of a script without spaces are single words.
CaptionDataset collect(const CaptionsFile& file, std::vector<Finding>& findings, TokenUnit unit = TokenUnit::kWords);

/// Reads a captions file (core/data/format.hpp). Skips captions without words. Throws Error with file and line (or
/// item) if anything is malformed, an image has no caption with words, or there are no captions.
CaptionDataset read_captions(const std::filesystem::path& file);

/// Reads a list of image names, one per line, skipping blank lines. Throws Error if it is empty or repeats a name.
std::vector<std::string> read_list(const std::filesystem::path& file);

/// The images of `dataset` with these names, in the order of `names`. Omits listed images without captions in
/// `captions_file` and adds them to `findings`.
CaptionDataset select(const CaptionDataset& dataset, const std::vector<std::string>& names,
                      const std::filesystem::path& captions_file, std::vector<Finding>& findings);

/// Throws Error with the text of the first finding that stops.
void refuse(const std::vector<Finding>& findings);

}  // namespace saccade
