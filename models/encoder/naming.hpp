#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// A tensor of a published file and where its values go.
struct PublishedTensor {
  std::string name;
  std::vector<std::int64_t> shape;                 ///< kAnySize: a dimension of any size
  std::function<void(const torch::Tensor&)> take;  ///< called with the tensor in float32; empty: ignored
};

/// The names under which one library publishes the weights of a network.
struct NamingScheme {
  std::string name;  ///< "Meta", "timm" ...
  std::vector<PublishedTensor> tensors;
  std::vector<std::string> prefixes{""};  ///< alternative prefixes of all names
  /// Optional tensors, by the start of their names after the prefix: heads, and tensors for training only.
  std::vector<std::string> ignored;
  /// Files also contain other networks: only names with the prefix, which is not empty, are considered.
  bool part_of_a_whole = false;
};

/// Copies into `target`, reshaped to its shape.
std::function<void(const torch::Tensor&)> into(torch::Tensor target);

/// Loads the weights by the first scheme whose tensors are all present, and returns its index. Removes the "module."
/// that DistributedDataParallel puts before every name. Throws Error with the name of `file`, the nearest scheme and
/// the tensors that are missing, unexpected or misshapen.
std::size_t load_by_name(const std::vector<NamingScheme>& schemes, const StateDict& weights,
                         const std::string& backbone, const std::string& file);

}  // namespace saccade::models
