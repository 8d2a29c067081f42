#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/fields.hpp"

namespace saccade::app {

/// Exit statuses of the program.
enum ExitStatus : int {
  kSuccess = 0,
  kFailure = 1,       ///< some of the work failed
  kUsage = 2,         ///< the command line is invalid
  kInterrupted = 128  ///< plus the signal number, as in shells: the work was interrupted and cleaned up
};

/// The command line is invalid: an unknown or missing option, or an invalid value. The message is a complete sentence.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A subcommand with its help.
struct Command {
  const char* name;
  const char* summary;   ///< a phrase for the list of commands
  const char* usage;     ///< arguments in the usage line
  const char* about;     ///< paragraphs before the options, in lines of at most 100 columns
  const char* epilogue;  ///< paragraph after the options

  /// Visits its options, which have their default values.
  void (*declare)(const std::function<void(const Fields&)>& look);

  /// Runs the command with the arguments after its name. Returns an exit status. May throw Error or UsageError.
  int (*run)(const std::vector<std::string>& arguments);
};

/// Implements Command::declare for options that are declared in a struct.
template <typename Options>
void declare_options(const std::function<void(const Fields&)>& look) {
  Options options;
  look(fields_of(options));
}

const Command& caption_command();
const Command& train_command();
const Command& evaluate_command();
const Command& score_command();
const Command& check_data_command();
const Command& info_command();
const Command& serve_command();

/// All commands in the order of the help.
std::vector<const Command*> commands();

}  // namespace saccade::app
