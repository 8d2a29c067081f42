#include "core/base/fingerprint.hpp"

#include <fmt/format.h>

namespace saccade {

std::string Fingerprint::text() const {
  return fmt::format("{:016x}", hash_);
}

}  // namespace saccade
