#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"

namespace saccade::app {

/// All options of these commands as Markdown: docs/reference/options.md.
std::string options_markdown(const std::vector<const Command*>& commands);

}  // namespace saccade::app
