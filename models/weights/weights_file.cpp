#include "models/weights/weights_file.hpp"

#include <cstddef>
#include <string_view>

#include "core/base/error.hpp"
#include "models/weights/mapped_file.hpp"
#include "models/weights/pytorch_file.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::models {
namespace {

/// Length of the header at the start of a safetensors file.
constexpr std::size_t kLengthSize = 8;

}  // namespace

StateDict read_weights(const std::filesystem::path& path) {
  // Mapping is cheap and rejects other files than regular ones.
  bool safetensors = false;
  {
    const MappedFile file(path);
    const std::string_view bytes = file.bytes();
    // A safetensors file's length may begin with the byte that a pickle begins with, so this comes first; no pickle or
    // zip archive of torch's has a brace there.
    safetensors = bytes.size() > kLengthSize && bytes[kLengthSize] == '{';
    if (!safetensors && !is_pytorch_file(bytes)) {
      throw Error("{}: not a weights file: neither safetensors nor a file that torch.save wrote", file.name());
    }
  }
  return safetensors ? SafetensorsFile(path).all() : read_pytorch_file(path);
}

}  // namespace saccade::models
