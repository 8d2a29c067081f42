#pragma once

#include <filesystem>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Reads a weights file: safetensors (memory-mapped, see SafetensorsFile) or PyTorch (see read_pytorch_file). The
/// content determines the format. Throws Error if it is neither or damaged.
StateDict read_weights(const std::filesystem::path& path);

}  // namespace saccade::models
