#pragma once

#include <filesystem>
#include <string_view>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Whether a file that begins with `bytes` could be one that torch.save wrote.
bool is_pytorch_file(std::string_view bytes);

/// Reads the tensors of a state dict from a file that Python's `torch.save` wrote, without running any of it. Both
/// formats are read (torch/serialization.py):
///  - the zip archive: ROOT/data.pkl, the pickle; ROOT/data/KEY, the numbers of each storage; ROOT/byteorder, which
///  must
///    say "little" if it is there;
///  - the older one: the pickles of a magic number, of the protocol version 1001, of the writer's number sizes, of the
///    object, and of the list of storage keys; then for each key the count as int64 and the numbers.
///
/// The file's object must be a dict from names to tensors (or parameters), and everything in it must be one. When it
/// has a dict under 'state_dict' or else 'model', that dict is the state dict, and whatever stands beside it (an epoch,
/// an optimizer's state) is left unread. float64, 32, 16, bfloat16, int64, 32, 16, 8, uint8 and bool are read. Tensors
/// keep their strides and share storages as they did when they were written.
///
/// A TorchScript archive (torch.jit.save: it has ROOT/constants.pkl) is read for the parameters and buffers of its
/// modules; its code is not read, let alone run.
///
/// The file may come from anywhere: a pickle that names anything else than what a state dict is made of, a size that
/// the file cannot bear out, a view beyond its storage or a wrong checksum is an Error that names the file.
StateDict read_pytorch_file(const std::filesystem::path& path);

}  // namespace saccade::models
