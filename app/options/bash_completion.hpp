#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace saccade::app {

/// A bash completion script for the commands.
std::string bash_completion(const std::vector<const Command*>& commands);

}  // namespace saccade::app
