#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace saccade::app {

/// The manual page saccade(1) with all options of these commands, in roff's man macros.
std::string man_page(const std::vector<const Command*>& commands);

}  // namespace saccade::app
