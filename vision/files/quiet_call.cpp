#include "vision/files/quiet_call.hpp"

#include <exception>
#include <system_error>
#include <thread>

#ifdef __linux__
#include <fcntl.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/syscall.h>
#endif

namespace saccade::vision {
namespace {

#ifdef __linux__

/// Gives the calling thread its own file descriptor table, so that it can redirect descriptor 2 without effect on other
/// threads. Tries close_range first, because sandboxes that forbid unshare allow it.
bool own_descriptors() {
#ifdef SYS_close_range
  constexpr unsigned kUnshare = 1U << 1;
  if (::syscall(SYS_close_range, 3U, ~0U, kUnshare) == 0) return true;
#endif
#ifdef SYS_unshare
  constexpr long kFiles = 0x00000400;
  if (::syscall(SYS_unshare, kFiles) == 0) return true;
#endif
  return false;
}

class PrivateStandardError {
 public:
  PrivateStandardError() {
    if (!own_descriptors()) return;
    descriptor_ = ::memfd_create("standard-error", 0);
    if (descriptor_ >= 0) ::dup2(descriptor_, STDERR_FILENO);
  }

  std::string text() const {
    std::string text;
    if (descriptor_ < 0) return text;
    const off_t size = ::lseek(descriptor_, 0, SEEK_END);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    const ssize_t read = ::pread(descriptor_, text.data(), text.size(), 0);
    text.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
    return text;
  }

 private:
  int descriptor_ = -1;  // closed with the table of the thread
};

#else

class PrivateStandardError {
 public:
  std::string text() const { return {}; }
};

#endif

}  // namespace

std::string call_quietly(const std::function<void()>& work) {
  std::string printed;
  std::exception_ptr failure;
  const auto body = [&] {
    const PrivateStandardError standard_error;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    printed = standard_error.text();
  };
  std::thread thread;
  try {
    thread = std::thread(body);
  } catch (const std::system_error&) {  // no more threads available
    work();
    return printed;
  }
  thread.join();
  if (failure) std::rethrow_exception(failure);
  return printed;
}

}  // namespace saccade::vision
