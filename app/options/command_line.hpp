#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/command.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// Where the words without a dash go; nowhere when `values` is null: then there may be none.
struct Positional {
  const char* name = nullptr;
  std::vector<std::string>* values = nullptr;
};

/// The options that were given, by their names.
using Given = std::set<std::string>;

/// Sets `fields` from the words of a command. Returns nothing when --help was asked for, and has then printed it.
/// Throws UsageError, naming the option, for one that is unknown, missing or has a value that cannot be.
std::optional<Given> parse(const Command& command, const std::vector<std::string>& arguments, const Fields& fields,
                           const Positional& positional = {});

}  // namespace saccade::app
