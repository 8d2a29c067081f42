#include "core/base/interruption.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <unistd.h>

namespace saccade {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

// Signal handlers may only use lock-free atomics. If more files are written at once, the others remain until they are
// written again.
std::array<std::atomic<const char*>, 64> unfinished{};
std::atomic<bool> awaited{false};
std::atomic<int> came{0};

extern "C" void take_signal(int signal) {
  int none = 0;
  if (awaited && came.compare_exchange_strong(none, signal)) return;
  for (const auto& place : unfinished) {
    if (const char* name = place.load()) ::unlink(name);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // delivered when this returns
}

}  // namespace

void prepare_for_interruptions() {
  ::signal(SIGXFSZ, SIG_IGN);
  for (const int signal : kSignals) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = take_signal;  // no SA_RESTART: waiting for a lock must end
    ::sigaction(signal, &action, nullptr);
  }
}

Interruption::Interruption() {
  came = 0;
  awaited = true;
}

Interruption::~Interruption() {
  awaited = false;
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): requires an instance
int Interruption::signal() const {
  return came;
}

void remember_unfinished(const char* name) {
  for (auto& place : unfinished) {
    const char* none = nullptr;
    if (place.compare_exchange_strong(none, name)) return;
  }
}

void forget_unfinished(const char* name) {
  for (auto& place : unfinished) {
    const char* same = name;
    if (place.compare_exchange_strong(same, nullptr)) return;
  }
}

}  // namespace saccade
