#pragma once

#include <chrono>
#include <string>

namespace saccade::app {

/// The last line of a terminal, rewritten in place; where stderr is no terminal, a plain line now and then.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows `done` of `all` as a bar (on a terminal) between `label` and `details`, at most some times a second (some
  /// times a minute where there is no terminal).
  void show(const std::string& label, double done, double all, const std::string& details);

  /// Prints a line that stays, above the bar.
  void print(const std::string& line);

  bool on_terminal() const { return terminal_; }

  /// Takes the bar away.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool terminal_;
  bool shown_ = false;
  Clock::time_point last_{};
};

/// "1:02:03", "4:05": seconds for people.
std::string duration(double seconds);

}  // namespace saccade::app
