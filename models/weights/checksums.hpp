#pragma once

#include <map>
#include <string>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Where a safetensors file keeps its checksums in its metadata.
constexpr const char* kChecksums = "checksums";

/// Checksums of tensors (name, type, shape and numbers of each) and of the texts of the metadata, as JSON.
std::string checksums_of(const StateDict& tensors, const std::map<std::string, std::string>& metadata);

/// Throws Error, naming `file` and the first that is not what was written. Metadata without checksums, as earlier
/// versions wrote it, is believed.
void verify_checksums(const StateDict& tensors, const std::map<std::string, std::string>& metadata,
                      const std::string& file);

}  // namespace saccade::models
