#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace saccade::app {

/// A function for zsh, to be found as `_saccade`, which completes these commands, their options and what stands
/// behind those.
std::string zsh_completion(const std::vector<const Command*>& commands);

}  // namespace saccade::app
