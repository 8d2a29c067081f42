#pragma once

#include <string>

#include <torch/types.h>

namespace saccade::app {

/// The device that `auto`, `cpu` or `cuda` names. Throws UsageError for another name, Error when CUDA was asked for and
/// there is none.
torch::Device device_of(const std::string& name);

}  // namespace saccade::app
