#pragma once

#include <filesystem>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Reads the tensors of a weights file: a safetensors file (mapped, see SafetensorsFile) or either of PyTorch's formats
/// (see read_pytorch_file). The content decides which it is, not the name. Throws Error when it is none of them, or
/// damaged.
StateDict read_weights(const std::filesystem::path& path);

}  // namespace saccade::models
