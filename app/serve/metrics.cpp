#include "app/serve/metrics.hpp"

#include <fstream>
#include <unistd.h>

#include <fmt/format.h>

namespace saccade::app {
namespace {

std::uint64_t resident_bytes() {
  std::uint64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string described(const char* name, const char* type, const char* help) {
  return fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <typename Number>
std::string metric(const char* name, const char* type, const char* help, Number value) {
  return described(name, type, help) + fmt::format("{} {}\n", name, value);
}

}  // namespace

void Metrics::count_answer(int status) {
  const std::lock_guard lock(mutex_);
  ++answers_[status];
}

void Metrics::count_caption(double seconds) {
  const std::lock_guard lock(mutex_);
  ++captions_;
  seconds_ += seconds;
  for (std::size_t i = 0; i < kSeconds.size(); ++i) {
    if (seconds <= kSeconds[i]) ++within_[i];
  }
}

std::string Metrics::text(std::size_t connections, std::size_t waiting) const {
  const std::lock_guard lock(mutex_);
  std::string text = described("saccade_build_info", "gauge", "The running version.") +
                     "saccade_build_info{version=\"" SACCADE_VERSION "\"} 1\n";
  text += described("saccade_responses_total", "counter", "Responses by HTTP status.");
  for (const auto& [status, count] : answers_) {
    text += fmt::format("saccade_responses_total{{status=\"{}\"}} {}\n", status, count);
  }
  constexpr const char* kLatency = "saccade_caption_seconds";
  text += described(kLatency, "histogram", "Seconds from the arrival of a request to its caption.");
  for (std::size_t i = 0; i < kSeconds.size(); ++i) {
    text += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", kLatency, kSeconds[i], within_[i]);
  }
  text += fmt::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", kLatency, captions_, seconds_);
  text += metric("saccade_waiting_photos", "gauge", "Photos in the queue or in work.", waiting);
  text += metric("saccade_connections", "gauge", "Open connections.", connections);
  text += metric("process_resident_memory_bytes", "gauge", "Resident memory.", resident_bytes());
  return text;
}

}  // namespace saccade::app
