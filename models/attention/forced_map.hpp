#pragma once

#include <cstdint>
#include <random>

#include <torch/types.h>

#include "core/base/registry.hpp"

namespace saccade::models {

/// Maps that can be put in the place of a decoder's own: what its captions lose by it, they owe to where it looked.
enum class ForcedMap {
  kUniform,  ///< every cell weighs 1/L
  kRandom,   ///< one cell has all weight, drawn uniformly
  kLeast,    ///< the cell that alpha weighs least has all weight; of equal ones the first
};

/// By their names: uniform, random, least.
const Registry<ForcedMap>& forced_maps();

/// Makes such maps. Those who share one share what it draws from: every row, step and map gets a cell of its own.
class MapForcer {
 public:
  MapForcer(ForcedMap map, std::uint64_t seed) : map_(map), random_(seed) {}

  /// The logarithms [R, M, L] of the weights that stand in for those of `log_alpha` [R, M, L]: finite, where a weight
  /// is 0 very low.
  torch::Tensor replace(const torch::Tensor& log_alpha);

 private:
  torch::Tensor draw(const torch::Tensor& log_alpha);

  ForcedMap map_;
  std::mt19937_64 random_;
};

}  // namespace saccade::models
