#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "models/weights/mapped_file.hpp"
#include "models/weights/safetensors_header.hpp"
#include "models/weights/state_dict.hpp"

/// The safetensors format (https://github.com/huggingface/safetensors): the length of the header as a little-endian
/// u64; the header, JSON: name -> {dtype, shape, data_offsets}, and a map of strings to strings under `__metadata__`;
/// then the tensors' numbers, little-endian and row-major, one after the other without a gap.
namespace saccade::models {

/// A memory-mapped safetensors file. Opening it reads only the header. Copies share the mapping.
class SafetensorsFile {
 public:
  /// Throws Error if `path` cannot be read, is truncated, or does not follow the format (see SafetensorsHeader).
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  /// A metadata entry. Throws Error if it is missing.
  const std::string& text(const std::string& name) const;
  /// The tensors' names, sorted.
  std::vector<std::string> names() const;
  bool contains(const std::string& name) const { return header_.tensors.count(name) != 0; }

  /// A view of a tensor in the mapping, which it keeps alive; writes affect this process only. Misaligned tensors are
  /// copied. Throws Error if the tensor is missing, or a bool is neither 0 nor 1.
  at::Tensor tensor(const std::string& name) const;
  /// All tensors, as from `tensor`.
  StateDict all() const;

 private:
  std::shared_ptr<const MappedFile> file_;
  SafetensorsHeader header_;
};

/// Writes a safetensors file atomically, byte-identical to the reference implementation: tensors by type (wider first,
/// for alignment), then by name. Throws Error if a type is unsupported, a text is not UTF-8, or the file cannot be
/// written.
void write_safetensors(const std::filesystem::path& path, const StateDict& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace saccade::models
