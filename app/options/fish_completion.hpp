#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace saccade::app {

/// A script for fish, which completes these commands, their options and what stands behind those.
std::string fish_completion(const std::vector<const Command*>& commands);

}  // namespace saccade::app
