#pragma once

#include <string>

namespace saccade::app {

/// A text fit to stand in a line between tabs: names of files may hold tabs, line ends and what moves a terminal's
/// cursor. Control characters stand as C writes them (\t, \n, \x1b); JSON has the name as it is.
std::string one_line(const std::string& text);

}  // namespace saccade::app
