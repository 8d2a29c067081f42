#include "models/attention/forced_map.hpp"

#include <cmath>
#include <vector>

namespace saccade::models {

using torch::Tensor;

const Registry<ForcedMap>& forced_maps() {
  static const Registry<ForcedMap> registry(
      "map to force", {{"uniform", ForcedMap::kUniform}, {"random", ForcedMap::kRandom}, {"least", ForcedMap::kLeast}});
  return registry;
}

Tensor MapForcer::replace(const Tensor& log_alpha) {
  if (map_ == ForcedMap::kUniform) {
    return at::full_like(log_alpha, -std::log(static_cast<double>(log_alpha.size(-1))));
  }
  const Tensor cell = map_ == ForcedMap::kLeast ? log_alpha.argmin(-1, /*keepdim=*/true) : draw(log_alpha);
  constexpr double kNothing = -1e4;  // its exponential is 0
  return at::full_like(log_alpha, kNothing).scatter_(-1, cell, 0);
}

/// Cells [R, M, 1], drawn uniformly and identically on every machine.
Tensor MapForcer::draw(const Tensor& log_alpha) {
  const auto cells = static_cast<std::uint64_t>(log_alpha.size(-1));
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(log_alpha.size(0) * log_alpha.size(1)));
  for (std::int64_t& cell : drawn) cell = static_cast<std::int64_t>(((random_() >> 32) * cells) >> 32);
  return torch::tensor(drawn, torch::kLong).view({log_alpha.size(0), -1, 1}).to(log_alpha.device());
}

}  // namespace saccade::models
