#include "models/encoder/published_config.hpp"

#include <array>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"

namespace saccade::models {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = 1 << 20;

/// The JSON object in a file; null where there is no file.
json read(const fs::path& file) {
  std::error_code none;
  if (!fs::is_regular_file(file, none)) return nullptr;
  if (fs::file_size(file, none) > kMostBytes) {
    throw Error("{}: too large for the config of a network; move it out of the weights' folder", file.string());
  }
  json config = json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!config.is_object()) {
    throw Error("{}: not a JSON object; repair it, or move it out of the weights' folder", file.string());
  }
  return config;
}

/// The object's member, or null.
const json& member(const json& object, const char* name) {
  static const json none;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : none;
}

std::array<double, 3> colors(const json& values, double least, const fs::path& file) {
  std::array<double, 3> numbers{};
  bool fits = values.is_array() && values.size() == numbers.size();
  for (std::size_t i = 0; fits && i < numbers.size(); ++i) {
    fits = values[i].is_number();
    if (fits) numbers[i] = values[i].get<double>();
    fits = fits && numbers[i] >= least && numbers[i] <= 1;
  }
  if (!fits) {
    throw Error("{}: its mean and deviation are not three numbers up to 1 each; give --normalization", file.string());
  }
  return numbers;
}

void take_normalization(PublishedConfig& config, const json& mean, const json& deviation, const fs::path& file) {
  if (mean.is_null() || deviation.is_null()) return;
  constexpr double kLeastDeviation = 1e-3;
  config.normalization = pixel_normalization(colors(mean, 0, file), colors(deviation, kLeastDeviation, file));
}

void take_activation(PublishedConfig& config, const json& name, const fs::path& file) {
  if (!name.is_string()) return;
  if (name == "gelu") {
    config.activation = Activation::kGelu;
  } else if (name == "quick_gelu") {
    config.activation = Activation::kQuickGelu;
  } else {
    throw Error("{}: the activation '{}' is not supported: gelu and quick_gelu are", file.string(),
                excerpt(name.get<std::string>()));
  }
}

}  // namespace

PublishedConfig published_config(const fs::path& weights) {
  const fs::path folder = weights.parent_path();
  PublishedConfig result;
  const fs::path config_file = folder / "config.json";
  const json config = read(config_file);
  const json& vision = member(config, "vision_config");
  take_activation(result, member(vision.is_null() ? config : vision, "hidden_act"), config_file);
  const json& pretrained = member(config, "pretrained_cfg");
  take_normalization(result, member(pretrained, "mean"), member(pretrained, "std"), config_file);

  const fs::path preprocessor_file = folder / "preprocessor_config.json";
  const json preprocessor = read(preprocessor_file);
  take_normalization(result, member(preprocessor, "image_mean"), member(preprocessor, "image_std"), preprocessor_file);

  const fs::path open_clip_file = folder / "open_clip_config.json";
  const json open_clip = read(open_clip_file);
  const json& model = member(open_clip, "model_cfg");
  if (model.is_object()) {
    result.activation = member(model, "quick_gelu") == true ? Activation::kQuickGelu : Activation::kGelu;
  }
  const json& preprocess = member(open_clip, "preprocess_cfg");
  take_normalization(result, member(preprocess, "mean"), member(preprocess, "std"), open_clip_file);
  return result;
}

}  // namespace saccade::models
