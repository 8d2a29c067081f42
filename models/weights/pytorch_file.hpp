#pragma once

#include <filesystem>
#include <string_view>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Whether a file with these first bytes may come from torch.save.
bool is_pytorch_file(std::string_view bytes);

/// Reads the state dict of a file from Python's `torch.save`, without executing code. Supports both formats
/// (torch/serialization.py):
///
///     zip archive: ROOT/data.pkl, the pickle; ROOT/data/KEY, one storage each; ROOT/byteorder, if present, "little"
///     legacy: pickles of a magic number, the protocol version 1001, the number sizes, the object and the storage keys;
///             then, per key, the count as int64 and the numbers
///
/// The object must be a dict from names to tensors or parameters. If it has a dict under 'state_dict' or 'model', that
/// dict is used, and other members are ignored. Supported types: float64, 32, 16, bfloat16, int64, 32, 16, 8, uint8 and
/// bool. Tensors keep their strides and shared storages.
///
/// A TorchScript archive (torch.jit.save; it has ROOT/constants.pkl) is read for the parameters and buffers of its
/// modules. Its code is not executed.
///
/// The file is untrusted: other globals, sizes beyond the file, views beyond a storage and wrong checksums are errors
/// that name the file.
StateDict read_pytorch_file(const std::filesystem::path& path);

}  // namespace saccade::models
