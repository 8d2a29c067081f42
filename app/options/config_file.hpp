#pragma once

#include <string>

#include "app/command.hpp"
#include "app/options/command_line.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// The options as a file for --config: what was given as lines `name = value`, all else in comments, with defaults. The
/// difference matters: a default may follow from what was given. Throws UsageError naming the option when the form
/// cannot carry a value: it has no quotes, so that '#' begins a comment, and blanks at a value's ends are lost.
std::string config_text(const Command& command, const Fields& fields, const Given& given);

}  // namespace saccade::app
