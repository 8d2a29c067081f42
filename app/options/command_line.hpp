#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/command.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// Receives positional arguments; not allowed if `values` is null.
struct Positional {
  const char* name = nullptr;
  std::vector<std::string>* values = nullptr;
};

/// The given options by name with their values (none for flags), and "config" if options came from a file.
using Given = std::map<std::string, std::vector<std::string>>;

/// The file of --config, or an empty path.
std::filesystem::path config_file(const Given& given);

/// Sets `fields` from the arguments of a command and its --config file. Returns nothing after printing --help or
/// --dump-config. Throws UsageError with the option (and the file) if one is unknown, missing or invalid, and Error if
/// the file does not exist.
std::optional<Given> parse(const Command& command, const std::vector<std::string>& arguments, const Fields& fields,
                           const Positional& positional = {});

}  // namespace saccade::app
