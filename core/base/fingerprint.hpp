#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saccade {

/// A short name for any amount of data (64-bit FNV-1a): the same data give the same name, other data almost surely
/// another. Not for secrets.
class Fingerprint {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) mix(static_cast<unsigned char>(byte));
    mix(bytes.size());  // so that "ab" + "c" is not "a" + "bc"
  }

  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  void mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001B3u; }

  std::uint64_t hash_ = 0xCBF29CE484222325u;
};

}  // namespace saccade
