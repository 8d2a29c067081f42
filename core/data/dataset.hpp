#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// One image of a captions dataset with what people wrote of it.
struct CaptionedImage {
  std::string name;                                ///< file name, relative to the images' folder
  std::vector<std::vector<std::string>> captions;  ///< tokenised (core/text/tokenizer.hpp), in the file's order
};

using CaptionDataset = std::vector<CaptionedImage>;

/// Reads a captions file in whichever of these forms it is:
///  - Flickr: lines `name#k<TAB>caption` (Flickr8k.token.txt, Flickr30k's results_20130124.token);
///  - Karpathy: a JSON object whose `images` hold `filename` and `sentences` with `tokens` or `raw`.
/// Images come in the order of their first caption. Throws Error naming file and line (or item) on anything malformed:
/// no tab, no `#`, an empty name, a name that leaves the folder, bad UTF-8, bad JSON, no caption at all. A caption
/// without any word is skipped; an image left with none is an error.
CaptionDataset read_captions(const std::filesystem::path& file);

/// Reads a list of image names, one a line (blank lines skipped). Throws Error when it names none or one twice.
std::vector<std::string> read_list(const std::filesystem::path& file);

/// The images of `dataset` that `names` lists, in the list's order. Throws Error, naming `captions_file`, when a listed
/// image has no caption there.
CaptionDataset select(const CaptionDataset& dataset, const std::vector<std::string>& names,
                      const std::filesystem::path& captions_file);

}  // namespace saccade
