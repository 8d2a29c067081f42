#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

namespace saccade::models {

/// One tensor in a safetensors file.
struct SafetensorsEntry {
  at::ScalarType dtype = at::kFloat;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< in bytes from the end of the header
  std::uint64_t end = 0;
};

/// The JSON header of a safetensors file.
struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::map<std::string, SafetensorsEntry> tensors;
  std::uint64_t data_size = 0;  ///< the bytes after the header
};

/// A type's name in the format, or "" for a type that has none: F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL.
std::string_view safetensors_dtype(at::ScalarType dtype);
/// The order of types in the reference implementation's files: a higher number comes first.
int safetensors_dtype_rank(at::ScalarType dtype);

/// Parses a header. Throws Error with `file` unless it is a JSON object with unique names, every tensor has exactly a
/// known dtype, a shape and matching offsets, and tensors are contiguous from byte 0.
SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& file);

}  // namespace saccade::models
