#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace saccade::test {

/// What a run of the program left behind.
struct Outcome {
  int status = -1;  ///< exit status; minus the signal's number when a signal ended it
  std::string out;
  std::string err;

  std::vector<std::string> lines() const;        ///< of `out`
  std::vector<std::string> error_lines() const;  ///< of `err`, without remarks on a data set
};

/// A running program; its output goes to files.
class Process {
 public:
  /// Starts `saccade` with `arguments`. Its standard output is `out`, or a file of its own when that is empty.
  explicit Process(const std::vector<std::string>& arguments, const std::string& input = {},
                   const std::filesystem::path& out = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool running();
  void kill();  ///< SIGKILL
  void interrupt(int signal);
  Outcome wait();  ///< until it ends

 private:
  void reap(bool block);

  std::filesystem::path folder_;
  std::filesystem::path out_;
  pid_t id_ = -1;
  bool ended_ = false;
  int raw_status_ = 0;
};

/// Runs `saccade` to its end, with one thread.
Outcome saccade(const std::vector<std::string>& arguments, const std::string& input = {},
                const std::filesystem::path& out = {});

/// The lines of a text, without their ends.
std::vector<std::string> lines_of(const std::string& text);

/// Checks that the program failed with this status and one sentence on stderr, which it returns.
std::string check_refused(const Outcome& outcome, int status);

}  // namespace saccade::test
