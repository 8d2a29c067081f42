#pragma once

#include <string>

#include <torch/types.h>

#include "core/base/fields.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::app {

/// Options for device, precision and threads.
struct ComputeOptions {
  std::string precision_name = "auto";  ///< of products: auto, float32 or bfloat16
  int threads = 0;                      ///< of all libraries; 0: one for each core
  std::string device_name = "auto";     ///< auto, cpu or cuda
  int megapixels = 100;                 ///< larger pictures are refused

  void fields(Fields& f);

  /// The selected precision; `auto` is the fastest of the device. Throws Error as device() does.
  models::Precision precision() const;

  /// Throws Error if CUDA is selected but not available.
  torch::Device device() const;

  /// Sets the size limit of images and the number of threads of all libraries, by default one for a single photo. Warns
  /// on stderr if the BLAS library uses its own threads.
  void use_threads(bool single_photo = false) const;
};

}  // namespace saccade::app
