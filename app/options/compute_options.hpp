#pragma once

#include <string>

#include <torch/types.h>

#include "core/base/fields.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::app {

/// On what a command computes, and how exactly.
struct ComputeOptions {
  std::string precision_name = "auto";  ///< of products: auto, float32 or bfloat16
  int threads = 0;                      ///< of all libraries; 0: one for each core
  std::string device_name = "auto";     ///< auto, cpu or cuda
  int megapixels = 100;                 ///< larger pictures are refused

  void fields(Fields& f);

  /// The precision asked for; `auto` is the fastest of the device. Throws Error as device() does.
  models::Precision precision() const;

  /// Throws Error when CUDA was asked for and there is none.
  torch::Device device() const;

  /// Sets the largest picture, and the number of threads of all libraries, of which a single photo takes one unless
  /// more are asked for. Warns on stderr when the linear algebra library in use does not scale with them.
  void use_threads(bool single_photo = false) const;
};

}  // namespace saccade::app
