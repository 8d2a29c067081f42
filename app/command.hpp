#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace saccade::app {

/// Exit statuses of the program.
enum ExitStatus : int {
  kSuccess = 0,
  kFailure = 1,  ///< something asked for could not be done
  kUsage = 2     ///< the command line itself is wrong
};

/// The command line is wrong: an unknown or missing option, a value that cannot be. The message is a whole sentence.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The subcommands. Each takes the words after its name and returns an exit status; it may throw Error or UsageError.
int run_caption(const std::vector<std::string>& arguments);
int run_train(const std::vector<std::string>& arguments);
int run_evaluate(const std::vector<std::string>& arguments);
int run_score(const std::vector<std::string>& arguments);

}  // namespace saccade::app
