#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace saccade::app {

/// Counters for Prometheus, safe for use from any thread.
class Metrics {
 public:
  /// Counts a response of any path.
  void count_answer(int status);
  /// Counts a captioned photo and the seconds since its request arrived.
  void count_caption(double seconds);

  /// The text format of Prometheus. `waiting`: photos that are not captioned yet.
  std::string text(std::size_t connections, std::size_t waiting) const;

 private:
  static constexpr std::array kSeconds{0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0};

  mutable std::mutex mutex_;
  std::map<int, std::uint64_t> answers_;
  std::array<std::uint64_t, kSeconds.size()> within_{};
  std::uint64_t captions_ = 0;
  double seconds_ = 0;
};

}  // namespace saccade::app
