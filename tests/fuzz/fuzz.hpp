#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

#include <sys/mman.h>

#include "core/base/error.hpp"

namespace saccade::test {

/// Gives a file of these bytes, which stands on no disk, to one who reads files. An Error is a good answer; any other
/// exception, a crash, a leak or a long time is a finding.
template <typename Read>
int fuzz(const std::uint8_t* data, std::size_t size, Read read) {
  const int descriptor = ::memfd_create("input", MFD_CLOEXEC);
  if (descriptor < 0 || ::write(descriptor, data, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    read(std::filesystem::path("/proc/self/fd/" + std::to_string(descriptor)));
  } catch (const Error&) {
  }
  ::close(descriptor);
  return 0;
}

}  // namespace saccade::test
