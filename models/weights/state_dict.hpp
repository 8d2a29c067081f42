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

/// A dimension of an expected shape that may have any size.
constexpr std::int64_t kAnySize = -1;

/// In a phrase what keeps `weights` from being `expected_shapes`: tensors that are missing, have another shape (both
/// shapes are given), or were not expected; of each kind the first three are named and the rest counted. Empty:
/// nothing. Names in `ignored` may be there or not, in any shape.
std::string faults_of(const StateDict& weights, const std::map<std::string, std::vector<std::int64_t>>& expected_shapes,
                      const std::set<std::string>& ignored);

/// Throws an Error with that phrase, blaming `file`, where there is one.
void check_state_dict(const StateDict& weights, const std::map<std::string, std::vector<std::int64_t>>& expected_shapes,
                      const std::set<std::string>& ignored, const std::string& file);

}  // namespace saccade::models
