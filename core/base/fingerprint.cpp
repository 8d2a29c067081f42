#include "core/base/fingerprint.hpp"

#include <fmt/format.h>

// The functions are compiled in here, so that no library is loaded for them.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace saccade {

void Fingerprint::add(std::string_view bytes) {
  // What came before is the seed. The length goes into the hash, so that "ab" + "c" is not "a" + "bc".
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
