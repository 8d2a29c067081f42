#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace saccade::app {

/// A zsh completion function for the commands, for a file `_saccade`.
std::string zsh_completion(const std::vector<const Command*>& commands);

}  // namespace saccade::app
