#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace saccade::models {

/// The weights of a model by name, as `state_dict()` of a PyTorch module gives them. The tensors are on the CPU.
using StateDict = std::map<std::string, at::Tensor>;

/// Throws one Error that names every tensor of `expected_shapes` that is missing from `weights`, every one with another
/// shape (both shapes are told), and every tensor that was not expected. Of each kind the first ten are named and the
/// rest counted. Names in `ignored` may be there or not, in any shape. `file` is what the message blames.
void check_state_dict(const StateDict& weights, const std::map<std::string, std::vector<std::int64_t>>& expected_shapes,
                      const std::set<std::string>& ignored, const std::string& file);

}  // namespace saccade::models
