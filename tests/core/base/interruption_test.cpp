#include "core/base/interruption.hpp"

#include <csignal>
#include <filesystem>
#include <unistd.h>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
namespace fs = std::filesystem;

namespace {

/// Runs `work` in a child process. Returns the signal that ended the process, or 0 if it exited.
template <typename Work>
int signal_that_ends(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    // A child process inherits ignored signals, for example from nohup or a background job.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
    prepare_for_interruptions();
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("a terminating signal leaves no partial file") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const test::TemporaryFolder folder;
    write_file(folder / "file", "old");
    CHECK(signal_that_ends([&] {
            AtomicFile file(folder / "file");
            file.write("new");
            ::raise(signal);
          }) == signal);
    CHECK(read_file(folder / "file") == "old");
    CHECK_FALSE(fs::exists(folder / "file.saccade~"));
  }
}

TEST_CASE("an awaited signal is reported, and a second signal ends the process") {
  const test::TemporaryFolder folder;
  CHECK(signal_that_ends([&] {
          const Interruption interruption;
          if (interruption.signal() != 0) ::_exit(1);
          ::raise(SIGINT);
          if (interruption.signal() == SIGINT) write_file(folder / "reported", "");
          ::raise(SIGTERM);
        }) == SIGTERM);
  CHECK(fs::exists(folder / "reported"));
}

TEST_CASE("an ignored signal remains ignored") {
  CHECK(signal_that_ends([] {
          ::signal(SIGHUP, SIG_IGN);
          prepare_for_interruptions();
          ::raise(SIGHUP);
        }) == 0);
}

TEST_CASE("exceeding the file size limit is an error, and the existing file does not change") {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "old");
  CHECK(signal_that_ends([&] {
          const rlimit limit{1000, 1000};
          ::setrlimit(RLIMIT_FSIZE, &limit);
          try {
            write_file(folder / "file", std::string(2000, 'x'));
          } catch (const Error&) {
            return;
          }
          ::raise(SIGKILL);
        }) == 0);
  CHECK(read_file(folder / "file") == "old");
  CHECK_FALSE(fs::exists(folder / "file.saccade~"));
}
