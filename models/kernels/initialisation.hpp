#pragma once

#include <cmath>
#include <cstdint>

#include <torch/types.h>

namespace saccade::models {

/// While one lives on this thread, new modules leave their weights as memory is: for models that are about to be
/// loaded, where drawing some millions of random numbers would be a good part of the program's start.
class NoInitialisation {
 public:
  NoInitialisation() : before_(active()) { active() = true; }
  ~NoInitialisation() { active() = before_; }
  NoInitialisation(const NoInitialisation&) = delete;
  NoInitialisation& operator=(const NoInitialisation&) = delete;

  static bool& active() {
    thread_local bool flag = false;
    return flag;
  }

 private:
  bool before_;
};

/// A weight of zeros.
inline torch::Tensor zero_weight(torch::IntArrayRef sizes) {
  return NoInitialisation::active() ? torch::empty(sizes) : torch::zeros(sizes);
}

/// A weight [out, in] drawn from U(-sqrt(3/in), sqrt(3/in)): unit gain for inputs of unit variance (LeCun et al. 1998).
inline torch::Tensor uniform_weight(std::int64_t out, std::int64_t in) {
  torch::Tensor weight = torch::empty({out, in});
  const double bound = std::sqrt(3.0 / static_cast<double>(in));
  return NoInitialisation::active() ? weight : weight.uniform_(-bound, bound);
}

/// A weight [rows, columns] drawn from N(0, deviation^2).
inline torch::Tensor normal_weight(std::int64_t rows, std::int64_t columns, double deviation) {
  torch::Tensor weight = torch::empty({rows, columns});
  return NoInitialisation::active() ? weight : weight.normal_(0, deviation);
}

}  // namespace saccade::models
