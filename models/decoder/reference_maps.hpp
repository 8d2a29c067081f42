#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/decoder.hpp"

namespace saccade::models {

/// Attention maps for given captions (teacher forcing). annotations: [N, L, D]; captions[i] (<start> ... <end>) belongs
/// to images[i]. Returns T x L weights per caption, row-major, one map per word without <end>. Hard attention reads the
/// medoid.
std::vector<std::vector<float>> reference_maps(Decoder& decoder, const torch::Tensor& annotations,
                                               const std::vector<std::vector<std::int64_t>>& captions,
                                               const std::vector<std::int64_t>& images);

}  // namespace saccade::models
