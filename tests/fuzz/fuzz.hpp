#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

#include <sys/mman.h>

#include "core/base/error.hpp"

namespace saccade::test {

/// Gives bytes to one who reads them. An Error is a good answer; any other exception, a crash, a leak or a long time is
/// a finding.
template <typename Read>
int fuzz_bytes(const std::uint8_t* data, std::size_t size, Read read) {
  try {
    read(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const Error&) {
  }
  return 0;
}

/// The same to one who reads files: the file stands on no disk.
template <typename Read>
int fuzz(const std::uint8_t* data, std::size_t size, Read read) {
  static const int descriptor = ::memfd_create("input", MFD_CLOEXEC);
  static const std::filesystem::path path("/proc/self/fd/" + std::to_string(descriptor));
  if (::ftruncate(descriptor, static_cast<off_t>(size)) != 0) std::abort();
  if (::pwrite(descriptor, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  return fuzz_bytes(data, size, [&read](std::string_view) { read(path); });
}

}  // namespace saccade::test
