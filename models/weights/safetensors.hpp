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

/// A safetensors file, mapped into memory: opening it reads the header only. Copies share the mapping.
class SafetensorsFile {
 public:
  /// Throws Error when `path` cannot be read, is not a safetensors file, is truncated, or is not exactly what the
  /// format says (see SafetensorsHeader).
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  /// An entry of the metadata. Throws Error, naming the entry alone, when there is none.
  const std::string& text(const std::string& name) const;
  /// The tensors' names, sorted.
  std::vector<std::string> names() const;
  bool contains(const std::string& name) const { return header_.tensors.count(name) != 0; }

  /// A tensor without a copy: a view of the mapping, which it keeps alive. Written to, it changes for this process
  /// only. (A tensor at an address that does not suit its type is copied; this project writes no such file.) Throws
  /// Error when there is none of this name, or a bool is neither 0 nor 1.
  at::Tensor tensor(const std::string& name) const;
  /// All tensors, each as `tensor` gives it.
  StateDict all() const;

 private:
  std::shared_ptr<const MappedFile> file_;
  SafetensorsHeader header_;
};

/// Writes a safetensors file, whole or not at all. The bytes depend on the arguments only and are those that the
/// reference implementation writes: tensors by type (wider ones first, so that each is aligned), then by name.
/// Throws Error when a tensor's type has no name in the format, a text is not UTF-8, or the file cannot be written.
void write_safetensors(const std::filesystem::path& path, const StateDict& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace saccade::models
