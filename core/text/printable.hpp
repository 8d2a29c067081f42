#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// The text as it may be shown on a terminal and in a column of a table: control characters (a line end, a tab, the
/// escape that commands of a terminal begin with, those that turn the direction of writing) and bytes that are no UTF-8
/// are written \n, \t, \x1b.
std::string printable(std::string_view text);

}  // namespace saccade
