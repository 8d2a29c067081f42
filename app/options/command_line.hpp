#pragma once

#include <filesystem>
#include <map>
#include <optional>
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

/// The options that were given, by their names, each with the words behind it (none behind a flag); and "config", where
/// a command's options come from a file too.
using Given = std::map<std::string, std::vector<std::string>>;

/// The file that --config named; empty where it was not given.
std::filesystem::path config_file(const Given& given);

/// Sets `fields` from the words of a command and from the file that its --config names. Returns nothing when --help or
/// --dump-config was asked for, and has then printed it. Throws UsageError, naming the option (and the file, where it
/// stands there), for one that is unknown, missing or has a value that cannot be; Error when there is no such file.
std::optional<Given> parse(const Command& command, const std::vector<std::string>& arguments, const Fields& fields,
                           const Positional& positional = {});

}  // namespace saccade::app
