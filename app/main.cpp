// Entry point: dispatches to a command and turns errors into messages and exit statuses.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/command.hpp"
#include "app/options/bash_completion.hpp"
#include "app/options/man_page.hpp"
#include "app/options/markdown.hpp"
#include "app/options/zsh_completion.hpp"
#include "core/base/error.hpp"
#include "core/base/interruption.hpp"
#include "core/base/out_of_memory.hpp"
#include "core/base/plain_reason.hpp"
#include "core/text/printable.hpp"
#include "models/kernels/runtime.hpp"

namespace saccade::app {

std::vector<const Command*> commands() {
  return {&caption_command(),    &train_command(), &evaluate_command(), &score_command(),
          &check_data_command(), &info_command(),  &serve_command()};
}

namespace {

void print_help() {
  fmt::print(
      "Usage: saccade COMMAND [OPTION...]\n"
      "\n"
      "Captions photos and shows which part of the photo each word attended to.\n"
      "\n"
      "Commands:\n");
  for (const Command* command : commands()) fmt::print("  {:<11}{}\n", command->name, command->summary);
  fmt::print("\nRun `saccade help COMMAND` for the options of a command, and `saccade version` for the version.\n");
}

/// Prints the options of all commands for docs/reference/options.md and for the installation.
int print_options(const std::string& form) {
  const std::map<std::string, std::string (*)(const std::vector<const Command*>&)> forms{
      {"--markdown", options_markdown}, {"--man", man_page}, {"--bash", bash_completion}, {"--zsh", zsh_completion}};
  const auto found = forms.find(form);
  if (found == forms.end()) {
    throw UsageError(fmt::format("saccade options requires --markdown, --man, --bash or --zsh, not '{}'", form));
  }
  std::fputs(found->second(commands()).c_str(), stdout);
  return kSuccess;
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) {
    std::vector<std::string> names;
    for (const Command* command : commands()) names.emplace_back(command->name);
    throw UsageError(fmt::format("no command given; use one of {} (see saccade --help)", fmt::join(names, ", ")));
  }
  if (words[0] == "help" && words.size() == 2) return dispatch({words[1], "--help"});
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help();
    return kSuccess;
  }
  if (words[0] == "--version" || words[0] == "version") {
    std::puts("saccade " SACCADE_VERSION);
    return kSuccess;
  }
  if (words[0] == "options" && words.size() == 2) return print_options(words[1]);
  for (const Command* command : commands()) {
    if (words[0] == command->name) return command->run({words.begin() + 1, words.end()});
  }
  throw UsageError(fmt::format("unknown command '{}'; see saccade --help", words[0]));
}

std::string reason_of(const std::exception& error) {
  if (is_out_of_memory(error)) return kOutOfMemory;
  const auto* const of_libtorch = dynamic_cast<const c10::Error*>(&error);
  return (of_libtorch == nullptr ? "" : "the tensor library failed: ") + plain_reason(error);
}

int guarded(const std::vector<std::string>& words) {
  const auto complain = [](const std::string& message) {
    std::fputs(fmt::format("saccade: error: {}\n", printable(message)).c_str(), stderr);
  };
  try {
    return dispatch(words);
  } catch (const UsageError& error) {
    complain(error.what());
    return kUsage;
  } catch (const Error& error) {
    complain(error.what());
  } catch (const std::exception& error) {
    complain(reason_of(error));
  }
  return kFailure;
}

}  // namespace
}  // namespace saccade::app

namespace {

/// Opens /dev/null for closed standard descriptors. Otherwise the next opened file would take such a number and
/// receive messages.
void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1) continue;
    const int held =
        ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // the lowest free descriptor
    if (held != descriptor) std::_Exit(saccade::app::kFailure);
  }
}

}  // namespace

int main(int count, char** words) {
  hold_standard_descriptors();
  saccade::prepare_for_interruptions();
  saccade::models::keep_freed_memory();
  const int status = saccade::app::guarded({words + 1, words + count});
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!written && status == 0) std::fputs("saccade: error: standard output: cannot be written\n", stderr);
  // Skips static destructors, which take a quarter of the time of a caption. All files are closed by now.
  std::_Exit(status == 0 && !written ? 1 : status);
}
