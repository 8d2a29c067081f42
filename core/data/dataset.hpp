#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/captions_file.hpp"
#include "core/text/tokenizer.hpp"

namespace saccade {

/// One image of a captions dataset with what people wrote of it.
struct CaptionedImage {
  std::string name;                                ///< file name, relative to the images' folder
  std::vector<std::vector<std::string>> captions;  ///< tokenised (core/text/tokenizer.hpp), in the file's order
  std::filesystem::path file{};                    ///< the photo itself; empty until the images' folder is known
};

using CaptionDataset = std::vector<CaptionedImage>;

/// The images of a captions file with their captions, in the order of each image's first. A caption without any word
/// is left out, and an image that then has none; all that is wrong with file and captions is added to `findings`, and
/// whether whole captions of a script without spaces are single words.
CaptionDataset collect(const CaptionsFile& file, std::vector<Finding>& findings, TokenUnit unit = TokenUnit::kWords);

/// Reads a captions file (core/data/format.hpp) of which everything must be right: throws Error naming file and line
/// (or item) on anything malformed, on an image without a caption of any word, and when there is no caption at all. A
/// caption without any word is skipped.
CaptionDataset read_captions(const std::filesystem::path& file);

/// Reads a list of image names, one a line (blank lines skipped). Throws Error when it names none or one twice.
std::vector<std::string> read_list(const std::filesystem::path& file);

/// The images of `dataset` that `names` lists, in the list's order. A listed image that has no caption in
/// `captions_file` is left out and added to `findings`.
CaptionDataset select(const CaptionDataset& dataset, const std::vector<std::string>& names,
                      const std::filesystem::path& captions_file, std::vector<Finding>& findings);

/// Throws Error in the words of the first finding that stops.
void refuse(const std::vector<Finding>& findings);

}  // namespace saccade
