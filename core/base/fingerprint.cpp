#include "core/base/fingerprint.hpp"

#include <fmt/format.h>

// Inlines the functions, so that no library is loaded.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace saccade {

void Fingerprint::add(std::string_view bytes) {
  // The previous hash is the seed. The length is hashed too, so that "ab" + "c" differs from "a" + "bc".
  hash_ = XXH3_64bits_withSeed(bytes.data(), bytes.size(), hash_);
}

std::string Fingerprint::text() const {
  return fmt::format("xxh3-{:016x}", hash_);
}

void EarlierFingerprint::add(std::string_view bytes) {
  for (const char byte : bytes) mix(static_cast<unsigned char>(byte));
  mix(bytes.size());
}

std::string EarlierFingerprint::text() const {
  return fmt::format("{:016x}", hash_);
}

}  // namespace saccade
