#include "app/options/bash_completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/options/common_options.hpp"
#include "app/options/completion.hpp"

namespace saccade::app {
namespace {

// bash passes an equals sign as a separate word.
constexpr const char* kBeginning =
    "# Completion of saccade for bash, made by `saccade options --bash`.\n"
    "_saccade() {\n"
    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
    "  if [[ $word == = ]]; then\n"
    "    word=\n"
    "  elif [[ $before == = ]]; then\n"
    "    before=${COMP_WORDS[COMP_CWORD-2]}\n"
    "  fi\n"
    "  COMPREPLY=()\n";

constexpr const char* kHelpers =
    "_saccade_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\"); }\n"
    "_saccade_files() {  # -f files, -d folders; besides the words that are there\n"
    "  compopt -o filenames 2>/dev/null\n"
    "  mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen \"$1\" -- \"$word\")\n"
    "}\n"
    "complete -F _saccade saccade\n";

std::string call_of(Offer offer, const std::vector<std::string>& choices) {
  switch (offer) {
    case Offer::kChoices:
      return fmt::format("_saccade_words {}", shell_quoted(fmt::format("{}", fmt::join(choices, " "))));
    case Offer::kModels:
      return fmt::format("_saccade_words {}; _saccade_files -f", shell_quoted(kBundledModels));
    case Offer::kFiles:
      return "_saccade_files -f";
    case Offer::kFolders:
      return "_saccade_files -d";
    case Offer::kNothing:
      break;
  }
  return ":";
}

}  // namespace

std::string bash_completion(const std::vector<const Command*>& commands) {
  std::string names, options, values, words;
  for (const Extra& extra : extra_commands()) names += fmt::format("{} ", extra.name);
  for (const Command* command : commands) {
    names += fmt::format("{} ", command->name);
    std::string of_command = "--help";
    declare_all(*command, [&](const Fields& fields) {
      for (const Field& field : fields.all()) {
        of_command += " --" + field.name;
        if (field.type == Field::Type::kFlag) continue;
        values += fmt::format("    '{} --{}') {}; return ;;\n", command->name, field.name,
                              call_of(offer_of(field), field.choices));
      }
    });
    options += fmt::format("      {}) _saccade_words {} ;;\n", command->name, shell_quoted(of_command));
    words += fmt::format("      {}) {} ;;\n", command->name, call_of(offer_of(*command), {}));
  }
  return fmt::format(
      "{}"
      "  if [[ $COMP_CWORD -eq 1 || $COMP_CWORD -eq 2 && $command == help ]]; then\n"
      "    _saccade_words '{}--help --version'\n"
      "    return\n"
      "  fi\n"
      "  case \"$command $before\" in\n{}  esac\n"
      "  if [[ $word == -* ]]; then\n"
      "    case $command in\n{}    esac\n"
      "  else\n"
      "    case $command in\n{}    esac\n"
      "  fi\n"
      "}}\n{}",
      kBeginning, names, values, options, words, kHelpers);
}

}  // namespace saccade::app
