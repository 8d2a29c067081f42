#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "models/captioner.hpp"
#include "tests/app/program.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

namespace saccade::test {

/// A tiny model's file and three pictures, made once for all tests of the program.
struct Fixture {
  TemporaryFolder folder;
  std::filesystem::path photos = folder / "photos";  ///< 0.png, 1.png, 2.png, and nothing else
  std::filesystem::path model_file = folder / "model.safetensors";
  models::Captioner model;

  Fixture();

  std::string photo(int number) const { return (photos / (std::to_string(number) + ".png")).string(); }

  /// The caption that the library gives to a picture.
  Caption caption_of(const std::filesystem::path& photo, const models::SearchOptions& options = {});
};
Fixture& fixture();

/// Runs `saccade caption` with the tiny model and one thread.
Outcome caption(const std::vector<std::string>& arguments, const std::string& input = {},
                const std::filesystem::path& out = {});

/// `saccade train` of a model of tiny widths: images/ and captions.txt in `folder`, lists and output by their names
/// there, a cache for all, one thread, and what else is asked for.
std::vector<std::string> tiny_training(const TemporaryFolder& folder, const std::string& train_list,
                                       const std::string& dev_list, const std::string& output,
                                       const std::vector<std::string>& more);

/// The lines of a captions file in Flickr's form.
std::string flickr_lines(const CaptionDataset& dataset);

/// Options of `saccade train` for an encoder and for a decoder that train in no time.
std::vector<std::string> tiny_encoder(const std::filesystem::path& weights);
std::vector<std::string> tiny_decoder();

}  // namespace saccade::test
