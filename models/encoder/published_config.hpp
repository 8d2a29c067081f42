#pragma once

#include <filesystem>
#include <optional>

#include "models/encoder/backbone.hpp"

namespace saccade::models {

/// Settings from the JSON files that are published with weights.
struct PublishedConfig {
  std::optional<PixelNormalization> normalization;
  std::optional<Activation> activation;
};

/// Reads the config files in the folder of a weights file, as far as they exist:
///  - preprocessor_config.json of transformers: image_mean, image_std;
///  - config.json of transformers: hidden_act, also under vision_config; of timm: mean and std under pretrained_cfg;
///  - open_clip_config.json: quick_gelu under model_cfg; mean and std under preprocess_cfg.
/// Ignores files of other forms. Throws Error with the name of a file that is not JSON or has an invalid mean, standard
/// deviation or activation.
PublishedConfig published_config(const std::filesystem::path& weights);

}  // namespace saccade::models
