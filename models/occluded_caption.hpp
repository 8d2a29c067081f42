#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include "core/metrics/faithfulness.hpp"
#include "models/captioner.hpp"

namespace saccade::models {

/// Reads a caption of a photo whose cells are grayed: encodes every picture and has the model say the caption (teacher
/// forcing; where attention is hard, it sees the medoid). `pixels` [S, S, 3] as vision::preprocess makes them;
/// the model must outlive the reader.
metrics::CaptionReader occluded_reader(Captioner& model, const torch::Tensor& pixels,
                                       const std::vector<std::string>& words);

}  // namespace saccade::models
