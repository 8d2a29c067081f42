#include "tests/app/fixture.hpp"

#include "models/checkpoint.hpp"
#include "models/training/feature_cache.hpp"

namespace saccade::test {

Fixture::Fixture() : model(tiny_captioner({"a", "dog", "caf\xC3\xA9", "runs", "grass", "the", "on", "two"}, 3)) {
  write_pictures(photos, 3);
  set_output_bias(*model.decoder, Vocabulary::kEnd, -1);  // some words at least
  models::save_checkpoint(model_file, model);
  model = models::load_checkpoint(model_file);  // as the program sees it
}

Caption Fixture::caption_of(const std::filesystem::path& photo, const models::SearchOptions& options) {
  return model.caption(model.encode(models::load_pixels({photo}, model.preprocessing)), options)[0][0];
}

Fixture& fixture() {
  static Fixture the_one;
  return the_one;
}

Outcome caption(const std::vector<std::string>& arguments, const std::string& input, const std::filesystem::path& out) {
  std::vector<std::string> words{"caption", "--model", fixture().model_file.string(), "--threads", "1"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return saccade(words, input, out);
}

std::vector<std::string> tiny_encoder(const std::filesystem::path& weights) {
  return {"--backbone", "efficientnet-lite0", "--backbone-weights", weights.string(), "--input-size", "32", "--stride",
          "16"};
}

std::vector<std::string> tiny_decoder() {
  return {"--hidden", "16", "--embedding", "12", "--alignment-width", "8", "--min-count", "1", "--threads", "1"};
}

std::vector<std::string> tiny_training(const TemporaryFolder& folder, const std::string& train_list,
                                       const std::string& dev_list, const std::string& output,
                                       const std::vector<std::string>& more) {
  const auto path = [&folder](const std::string& name) { return (folder / name).string(); };
  std::vector<std::string> words{
      "train",        "--images",       path("images"), "--captions",         path("captions.txt"),
      "--train-list", path(train_list), "--dev-list",   path(dev_list),       "--output",
      path(output),   "--cache",        path("cache"),  "--images-per-batch", "2"};
  const auto decoder = tiny_decoder();
  words.insert(words.end(), decoder.begin(), decoder.end());
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string flickr_lines(const CaptionDataset& dataset) {
  std::string text;
  for (const auto& image : dataset) {
    for (std::size_t k = 0; k < image.captions.size(); ++k) {
      text += image.name + "#" + std::to_string(k) + "\t";
      for (const auto& word : image.captions[k]) text += word + " ";
      text += ".\n";
    }
  }
  return text;
}

}  // namespace saccade::test
