#pragma once

#include <map>
#include <string>

#include "models/weights/checksums.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::test {

/// The metadata of a file without its checksums, for writing modified copies that reach the other checks.
inline std::map<std::string, std::string> forged(const models::SafetensorsFile& file) {
  auto metadata = file.metadata();
  metadata.erase(models::kChecksums);
  return metadata;
}

}  // namespace saccade::test
