#pragma once

#include <filesystem>
#include <optional>

#include "models/encoder/backbone.hpp"

namespace saccade::models {

/// What the JSON files that are published beside weights say, as far as the tensors do not.
struct PublishedConfig {
  std::optional<PixelNormalization> normalization;
  std::optional<Activation> activation;
};

/// Reads what there is in the folder of a weights file:
///  - preprocessor_config.json of transformers: image_mean, image_std;
///  - config.json of transformers: hidden_act, also under vision_config; of timm: mean and std under pretrained_cfg;
///  - open_clip_config.json: quick_gelu under model_cfg; mean and std under preprocess_cfg.
/// Files of other forms are passed over. Throws Error, naming it, for one that is not JSON, or whose mean, deviation or
/// activation cannot be used.
PublishedConfig published_config(const std::filesystem::path& weights);

}  // namespace saccade::models
