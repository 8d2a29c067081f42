#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace saccade::app {

/// The manual page saccade(1) in roff, with all options of the commands.
std::string man_page(const std::vector<const Command*>& commands);

}  // namespace saccade::app
