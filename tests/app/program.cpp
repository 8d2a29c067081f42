#include "tests/app/program.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <signal.h>
#include <sstream>
#include <unistd.h>

#include <doctest/doctest.h>
#include <sys/wait.h>

#include "core/base/atomic_file.hpp"

namespace saccade::test {
namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> Outcome::lines() const {
  return lines_of(out);
}

std::vector<std::string> Outcome::error_lines() const {
  auto lines = lines_of(err);
  const auto remark = [](const std::string& line) {
    return line.rfind("data: ", 0) == 0 || line.rfind("warning: ", 0) == 0;
  };
  lines.erase(std::remove_if(lines.begin(), lines.end(), remark), lines.end());
  return lines;
}

Process::Process(const std::vector<std::string>& arguments, const std::string& input, const fs::path& out) {
  std::string pattern = (fs::temp_directory_path() / "saccade-run-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  out_ = out.empty() ? folder_ / "out" : out;
  write_file(folder_ / "in", input);

  std::vector<std::string> words{SACCADE_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const std::string in = (folder_ / "in").string();
  const std::string err = (folder_ / "err").string();

  id_ = ::fork();
  if (id_ == 0) {
    // Tests may be run where signals are ignored (nohup, a job in the background), which a process hands on.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
    const auto redirect = [](const char* path, int flags, int to) {
      const int descriptor = ::open(path, flags, 0600);
      if (descriptor < 0 || ::dup2(descriptor, to) < 0) ::_exit(126);
      ::close(descriptor);
    };
    redirect(in.c_str(), O_RDONLY, STDIN_FILENO);
    redirect(out_.c_str(), O_WRONLY | O_CREAT, STDOUT_FILENO);
    redirect(err.c_str(), O_WRONLY | O_CREAT, STDERR_FILENO);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  REQUIRE(id_ > 0);
}

Process::~Process() {
  kill();
  reap(true);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Process::reap(bool block) {
  if (!ended_) ended_ = ::waitpid(id_, &raw_status_, block ? 0 : WNOHANG) == id_;
}

bool Process::running() {
  reap(false);
  return !ended_;
}

void Process::kill() {
  interrupt(SIGKILL);
}

void Process::interrupt(int signal) {
  reap(false);
  if (!ended_) ::kill(id_, signal);
}

Outcome Process::wait() {
  reap(true);
  Outcome outcome;
  outcome.status = WIFEXITED(raw_status_) ? WEXITSTATUS(raw_status_) : -WTERMSIG(raw_status_);
  if (fs::is_regular_file(out_)) outcome.out = read_file(out_);
  outcome.err = read_file(folder_ / "err");
  return outcome;
}

Outcome saccade(const std::vector<std::string>& arguments, const std::string& input, const fs::path& out) {
  return Process(arguments, input, out).wait();
}

std::string check_refused(const Outcome& outcome, int status) {
  CAPTURE(outcome.err);
  CHECK(outcome.status == status);
  const auto lines = outcome.error_lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("saccade: error: ") == 0);
  CHECK(lines[0].size() < 700);
  CHECK(outcome.out.empty());
  return lines[0];
}

}  // namespace saccade::test
