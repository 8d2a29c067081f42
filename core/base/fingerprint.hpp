#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saccade {

/// A 64-bit hash of data (XXH3). Not cryptographically secure.
class Fingerprint {
 public:
  void add(std::string_view bytes);

  std::uint64_t number() const { return hash_; }
  /// "xxh3-" and 16 hexadecimal digits.
  std::string text() const;

 private:
  std::uint64_t hash_ = 0;
};

/// The 64-bit FNV-1a hash in files of Saccade 0.1, fifty times slower.
class EarlierFingerprint {
 public:
  void add(std::string_view bytes);

  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  void mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001B3u; }

  std::uint64_t hash_ = 0xCBF29CE484222325u;
};

}  // namespace saccade
