#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saccade {

/// A short name for any amount of data (64-bit XXH3): the same data give the same name, other data almost surely
/// another. Not for secrets.
class Fingerprint {
 public:
  void add(std::string_view bytes);

  std::uint64_t number() const { return hash_; }
  /// "xxh3-" and 16 hexadecimal digits.
  std::string text() const;

 private:
  std::uint64_t hash_ = 0;
};

/// The fingerprint that files of Saccade 0.1 hold (64-bit FNV-1a), fifty times slower to make.
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
