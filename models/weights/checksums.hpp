#pragma once

#include <map>
#include <string>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Metadata key of the checksums in a safetensors file.
constexpr const char* kChecksums = "checksums";

/// Checksums of tensors (name, type, shape and values) and of the metadata, as JSON.
std::string checksums_of(const StateDict& tensors, const std::map<std::string, std::string>& metadata);

/// Throws Error with `file` and the first mismatch. Metadata without checksums, from earlier versions, is accepted.
void verify_checksums(const StateDict& tensors, const std::map<std::string, std::string>& metadata,
                      const std::string& file);

}  // namespace saccade::models
