#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/decoder.hpp"

namespace saccade::models {

/// Where the decoder looks when it is made to say given captions (teacher forcing): for each caption T x L attention
/// weights, row-major, a map for each of its T words (<end> has none). annotations [N, L, D]; captions[i]
/// (<start> ... <end>) belongs to images[i]. Where attention is hard, the medoid is seen.
std::vector<std::vector<float>> reference_maps(Decoder& decoder, const torch::Tensor& annotations,
                                               const std::vector<std::vector<std::int64_t>>& captions,
                                               const std::vector<std::int64_t>& images);

}  // namespace saccade::models
