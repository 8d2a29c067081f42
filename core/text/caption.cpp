#include "core/text/caption.hpp"

#include <fmt/ranges.h>

namespace saccade {

std::string Caption::text() const {
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace saccade
