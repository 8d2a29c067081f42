#include "app/options/zsh_completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/options/common_options.hpp"
#include "app/options/completion.hpp"

namespace saccade::app {
namespace {

constexpr const char* kBeginning =
    "#compdef saccade\n"
    "# Completion of saccade for zsh, made by `saccade options --zsh`.\n";

constexpr const char* kModels =
    "_saccade_models() {\n"
    "  local -a bundled\n"
    "  bundled=(%)\n"
    "  _alternative 'bundled:model that comes with the program:compadd -a bundled' 'files:file:_files'\n"
    "}\n";

/// Escapes the special characters with backslashes.
std::string escaped(const std::string& text, const std::string& special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string action_of(Offer offer, const Field* field) {
  switch (offer) {
    case Offer::kChoices: {
      const std::string choices = fmt::format("{}", fmt::join(field->choices, " "));
      const bool several = field->placeholder.find(',') != std::string::npos;
      return several ? fmt::format("_values -s , {} {}", field->name, choices) : fmt::format("({})", choices);
    }
    case Offer::kModels:
      return "_saccade_models";
    case Offer::kFiles:
      return "_files";
    case Offer::kFolders:
      return "_files -/";
    case Offer::kNothing:
      break;
  }
  return " ";
}

std::string specification_of(const Field& field) {
  const std::string phrase = escaped(phrase_of(field), "[]\\");
  if (field.type == Field::Type::kFlag) return shell_quoted(fmt::format("--{}[{}]", field.name, phrase));
  return shell_quoted(fmt::format("--{}=[{}]:{}:{}", field.name, phrase, escaped(field.placeholder, ":\\"),
                                  action_of(offer_of(field), &field)));
}

}  // namespace

std::string zsh_completion(const std::vector<const Command*>& commands) {
  std::string list, cases;
  for (const Command* command : commands) {
    list += fmt::format("    {}\n", shell_quoted(fmt::format("{}:{}", command->name, command->summary)));
    cases +=
        fmt::format("    {})\n      _arguments -S '(-h --help)'{{-h,--help}}'[Explain the command]'", command->name);
    declare_all(*command, [&cases](const Fields& fields) {
      for (const Field& field : fields.all()) cases += " \\\n        " + specification_of(field);
    });
    const Offer offer = offer_of(*command);
    if (offer != Offer::kNothing) cases += " \\\n        " + shell_quoted("*:word:" + action_of(offer, nullptr));
    cases += " ;;\n";
  }
  for (const Extra& extra : extra_commands()) {
    list += fmt::format("    {}\n", shell_quoted(fmt::format("{}:{}", extra.name, extra.summary)));
  }
  std::string models = kModels;
  models.replace(models.find('%'), 1, kBundledModels);
  return fmt::format(
      "{}{}"
      "_saccade() {{\n"
      "  local -a commands\n"
      "  commands=(\n{}  )\n"
      "  if (( CURRENT == 2 )) || [[ CURRENT -eq 3 && $words[2] == help ]]; then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $words[1] in\n{}  esac\n"
      "}}\n"
      "_saccade \"$@\"\n",
      kBeginning, models, list, cases);
}

}  // namespace saccade::app
