#pragma once

#include <string>

#include <torch/types.h>

#include "models/kernels/linear.hpp"

namespace saccade::app {

/// The device that `auto`, `cpu` or `cuda` names. Throws UsageError for another name, Error when CUDA was asked for and
/// there is none.
torch::Device device_of(const std::string& name);

/// The precision of products that `auto` (the fastest of this processor), `float32` or `bfloat16` names. Throws
/// UsageError for another name.
models::Precision precision_of(const std::string& name);

}  // namespace saccade::app
