#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// Shortens untrusted text for a message: at most 100 bytes, with control characters as "?". For complete, reversible
/// names, see core/text/printable.hpp.
std::string excerpt(std::string_view text);

}  // namespace saccade
