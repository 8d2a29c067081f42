#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace saccade::models {

/// Weights by name, as from `state_dict()` of a PyTorch module, on the CPU.
using StateDict = std::map<std::string, at::Tensor>;

/// Throws one Error with all tensors of `expected_shapes` that are missing from `weights` or have another shape, and
/// all unexpected tensors; at most ten names per kind. Names in `ignored` are optional. `file`: name in the error.
void check_state_dict(const StateDict& weights, const std::map<std::string, std::vector<std::int64_t>>& expected_shapes,
                      const std::set<std::string>& ignored, const std::string& file);

}  // namespace saccade::models
