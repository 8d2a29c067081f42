#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <torch/types.h>

#include "core/base/error.hpp"

namespace saccade::models {

/// While an instance exists on this thread, new modules leave their weights uninitialized. Use it before loading
/// weights: initialization would take a large part of the start-up time. The total number of weights is limited to the
/// number that will be loaded, so that a damaged description cannot request memory; beyond it, Error is thrown.
class NoInitialization {
 public:
  explicit NoInitialization(std::int64_t weights = std::numeric_limits<std::int64_t>::max()) : before_(now()) {
    now() = {true, weights};
  }
  ~NoInitialization() { now() = before_; }
  NoInitialization(const NoInitialization&) = delete;
  NoInitialization& operator=(const NoInitialization&) = delete;

  static bool active() { return now().active; }

  /// Memory for a weight [rows, columns].
  static torch::Tensor empty(std::int64_t rows, std::int64_t columns) {
    if (active() && (columns > 0 && rows > now().left / columns)) {
      throw Error("it asks for more weights than there are");
    }
    if (active()) now().left -= rows * columns;
    return torch::empty({rows, columns});
  }

 private:
  struct Now {
    bool active = false;
    std::int64_t left = 0;
  };
  static Now& now() {
    thread_local Now now;
    return now;
  }

  Now before_;
};

/// A weight of zeros.
inline torch::Tensor zero_weight(torch::IntArrayRef sizes) {
  return NoInitialization::active() ? torch::empty(sizes) : torch::zeros(sizes);
}

/// A weight [out, in] drawn from U(-sqrt(3/in), sqrt(3/in)): unit gain for inputs of unit variance (LeCun et al. 1998).
inline torch::Tensor uniform_weight(std::int64_t out, std::int64_t in) {
  torch::Tensor weight = NoInitialization::empty(out, in);
  const double bound = std::sqrt(3.0 / static_cast<double>(in));
  return NoInitialization::active() ? weight : weight.uniform_(-bound, bound);
}

/// A weight [rows, columns] drawn from N(0, deviation^2).
inline torch::Tensor normal_weight(std::int64_t rows, std::int64_t columns, double deviation) {
  torch::Tensor weight = NoInitialization::empty(rows, columns);
  return NoInitialization::active() ? weight : weight.normal_(0, deviation);
}

}  // namespace saccade::models
