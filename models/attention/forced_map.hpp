#pragma once

#include <cstdint>
#include <random>

#include <torch/types.h>

#include "core/base/registry.hpp"

namespace saccade::models {

/// Maps that replace those of the model, to measure how much captions depend on them.
enum class ForcedMap {
  kUniform,  ///< weight 1/L for every cell
  kRandom,   ///< all weight on one cell, drawn uniformly
  kLeast,    ///< all weight on the cell with the smallest alpha, the first of ties
};

/// The maps by name: uniform, random, least.
const Registry<ForcedMap>& forced_maps();

/// Generates forced maps. Users of one forcer share its random sequence; every row, step and map gets its own cell.
class MapForcer {
 public:
  MapForcer(ForcedMap map, std::uint64_t seed) : map_(map), random_(seed) {}

  /// Returns the log weights [R, M, L] that replace `log_alpha` [R, M, L]. Zero weights have a large negative finite
  /// value.
  torch::Tensor replace(const torch::Tensor& log_alpha);

 private:
  torch::Tensor draw(const torch::Tensor& log_alpha);

  ForcedMap map_;
  std::mt19937_64 random_;
};

}  // namespace saccade::models
