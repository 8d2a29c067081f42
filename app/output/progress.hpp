#pragma once

#include <chrono>
#include <string>

namespace saccade::app {

/// A progress bar on a terminal, or occasional plain lines otherwise, on stderr.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows `done` of `all` between `label` and `details`, a few times per second (per minute without a terminal).
  void show(const std::string& label, double done, double all, const std::string& details);

  /// Prints a permanent line above the bar.
  void print(const std::string& line);

  bool on_terminal() const { return terminal_; }

  /// Removes the bar.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool terminal_;
  bool shown_ = false;
  Clock::time_point last_{};
};

/// A duration such as "1:02:03" or "4:05".
std::string duration(double seconds);

}  // namespace saccade::app
