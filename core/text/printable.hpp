#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// Escapes text for terminals and tables: control characters (line breaks, tabs, escape sequences, bidirectional
/// controls) and invalid UTF-8 become \n, \t, \x1b.
std::string printable(std::string_view text);

}  // namespace saccade
