#pragma once

#include <cstdint>
#include <initializer_list>

namespace saccade {

/// Combines numbers (the user's seed, an epoch, a step ...) into a seed for one purpose, so that random values do not
/// depend on earlier draws.
inline std::uint64_t derived_seed(std::initializer_list<std::uint64_t> parts) {
  std::uint64_t state = 0x9E3779B97F4A7C15u;
  for (const std::uint64_t part : parts) {  // finalizer of SplitMix64
    state += part + 0x9E3779B97F4A7C15u;
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
    state = (state ^ (state >> 27)) * 0x94D049BB133111EBu;
    state ^= state >> 31;
  }
  return state;
}

}  // namespace saccade
