#pragma once

#include <string>

#include "app/command.hpp"
#include "app/options/command_line.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// The options as a configuration file: given ones as `name = value`, others as comments with defaults, because a
/// default may depend on given options. Throws UsageError with the option if a value cannot be represented: "#" starts
/// a comment, and leading and trailing spaces are lost.
std::string config_text(const Command& command, const Fields& fields, const Given& given);

}  // namespace saccade::app
