#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder.hpp"

namespace saccade::models {

/// Draws `samples` captions for each of N images word by word from p(y_t | y_<t, a), all rows at once, with LibTorch's
/// random numbers. annotations [N, L, D] -> N lists of word numbers: <start>, at most `max_length` words, <end>. A
/// caption that had not ended by then lacks its <end>. <pad>, <start> and <unk> are never drawn.
std::vector<std::vector<std::vector<std::int64_t>>> sample_captions(Decoder& decoder, const torch::Tensor& annotations,
                                                                    int samples, int max_length,
                                                                    Precision precision = Precision::kFloat32);

}  // namespace saccade::models
