#include "app/output/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/ioctl.h>

namespace saccade::app {

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const std::string& label, double done, double all, const std::string& details) {
  const auto now = Clock::now();
  const bool first = last_ == Clock::time_point{};
  const double pause = terminal_ ? 0.1 : 20;
  if (!first && done < all && std::chrono::duration<double>(now - last_).count() < pause) return;
  last_ = now;
  const double share = all > 0 ? std::clamp(done / all, 0.0, 1.0) : 0;
  if (!terminal_) {
    std::fputs(fmt::format("{} {:3.0f} %  {}\n", label, 100 * share, details).c_str(), stderr);
    return;
  }
  winsize size{};
  const int columns = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  constexpr int kBar = 20;
  const int full = static_cast<int>(std::lround(share * kBar));
  std::string line = fmt::format("{} [{:=<{}}{:{}}] {}", label, "", full, "", kBar - full, details);
  line.resize(std::min<std::size_t>(line.size(), static_cast<std::size_t>(columns - 1)));
  std::fputs(fmt::format("\r{}\033[K", line).c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::print(const std::string& line) {
  clear();
  std::fputs((line + "\n").c_str(), stderr);
}

void ProgressLine::clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(std::max(0.0, seconds)));
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace saccade::app
