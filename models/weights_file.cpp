#include "models/weights_file.hpp"

#include <string_view>

#include "core/error.hpp"
#include "models/mapped_file.hpp"
#include "models/pytorch_file.hpp"
#include "models/safetensors.hpp"

namespace saccade::models {

StateDict read_weights(const std::filesystem::path& path) {
  // Mapping costs nothing, and refuses what is not a regular file.
  const std::string_view::size_type after_length = 8;
  bool safetensors = false;
  {
    const MappedFile file(path);
    const std::string_view bytes = file.bytes();
    // A safetensors file's length may begin with the byte that a pickle begins with, so this comes first; no pickle or
    // zip archive of torch's has a brace there.
    safetensors = bytes.size() > after_length && bytes[after_length] == '{';
    if (!safetensors && !is_pytorch_file(bytes)) {
      throw Error("{}: not a weights file: neither safetensors nor a file that torch.save wrote", file.name());
    }
  }
  return safetensors ? SafetensorsFile(path).all() : read_pytorch_file(path);
}

}  // namespace saccade::models
