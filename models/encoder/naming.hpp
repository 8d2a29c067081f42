#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// A tensor of a published file, and what becomes of it.
struct PublishedTensor {
  std::string name;
  std::vector<std::int64_t> shape;                 ///< kAnySize: a dimension of any size
  std::function<void(const torch::Tensor&)> take;  ///< given the tensor in float32; empty: it only has to be there
};

/// The names under which one library publishes the weights of a network.
struct NamingScheme {
  std::string name;  ///< "Meta", "timm" ...
  std::vector<PublishedTensor> tensors;
  std::vector<std::string> prefixes{""};  ///< what stands before every name, one of these
  /// Tensors whose names begin so (behind the prefix) may be there or not: heads, and what serves training alone.
  std::vector<std::string> ignored;
  /// Files hold other networks beside this one: only what begins with the prefix, which is not empty, is looked at.
  bool part_of_a_whole = false;
};

/// Copies into `target`, reshaped to its shape.
std::function<void(const torch::Tensor&)> into(torch::Tensor target);

/// Takes the weights by the first scheme whose tensors are all there, and returns its index. A "module." that
/// DistributedDataParallel leaves before every name is cut off. Throws Error, blaming `file`, that names the nearest
/// scheme and what keeps the file from it.
std::size_t load_by_name(const std::vector<NamingScheme>& schemes, const StateDict& weights,
                         const std::string& backbone, const std::string& file);

}  // namespace saccade::models
