#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace saccade::app {

/// Where the words without a dash go; nowhere when `values` is null: then there may be none.
struct Positional {
  const char* name = nullptr;
  std::vector<std::string>* values = nullptr;
};

/// Parses the words of a subcommand.
/// Returns nothing when --help was asked for, and has then printed `usage`, the options and `epilogue`.
/// Throws UsageError, naming the option, on anything that the description does not allow.
std::optional<boost::program_options::variables_map> parse(const std::vector<std::string>& arguments,
                                                           const boost::program_options::options_description& options,
                                                           const Positional& positional, const std::string& usage,
                                                           const std::string& epilogue = {});

/// What help says of --trust-torchscript, which every command has that opens models.
constexpr const char* kTrustHelp =
    "open a model or backbone that is a TorchScript program: the code in its file is executed, so trust whoever made it";

/// Throws UsageError unless low <= value <= high.
void check_range(const char* option, double value, double low, double high);

/// Throws UsageError, naming the choices, unless `name` is one of them.
void check_name(const char* option, const std::string& name, const std::vector<std::string>& choices);

/// Sets the number of threads of all libraries; 0 means one for each core. Warns on stderr when the linear algebra
/// library in use does not scale with them.
void use_threads(int threads);

}  // namespace saccade::app
