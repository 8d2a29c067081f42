#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include "core/metrics/faithfulness.hpp"
#include "models/captioner.hpp"

namespace saccade::models {

/// Scores a caption of a photo with hidden cells: encodes each image and decodes with teacher forcing; hard attention
/// reads the medoid. pixels: [S, S, 3] from vision::preprocess. The model must outlive the reader.
metrics::CaptionReader occluded_reader(Captioner& model, const torch::Tensor& pixels,
                                       const std::vector<std::string>& words);

}  // namespace saccade::models
