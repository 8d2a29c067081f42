#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// A text that a foreign file or a command line holds, fit for a message: at most 100 bytes of it, control characters
/// shown as '?'. (A name that is to be told whole and back again: core/text/printable.hpp.)
std::string excerpt(std::string_view text);

}  // namespace saccade
