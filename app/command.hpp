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
  kFailure = 1,       ///< something asked for could not be done
  kUsage = 2,         ///< the command line itself is wrong
  kInterrupted = 128  ///< plus a signal's number, as shells say it: the work was broken off in good order
};

/// The command line is wrong: an unknown or missing option, a value that cannot be. The message is a whole sentence.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A subcommand as help, documentation and the program's start see it.
struct Command {
  const char* name;
  const char* summary;   ///< a phrase for the list of commands
  const char* usage;     ///< what stands behind its name in the line of usage
  const char* about;     ///< paragraphs above its options, lines of at most 100 columns
  const char* epilogue;  ///< a paragraph below them

  /// Shows its options, at their defaults.
  void (*declare)(const std::function<void(const Fields&)>& look);

  /// Takes the words after its name and returns an exit status; it may throw Error or UsageError.
  int (*run)(const std::vector<std::string>& arguments);
};

/// What a Command's `declare` does, for options that are declared in a struct.
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

/// All of them, in the order in which help lists them.
std::vector<const Command*> commands();

}  // namespace saccade::app
