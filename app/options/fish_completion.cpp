#include "app/options/fish_completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/options/common_options.hpp"
#include "app/options/completion.hpp"

namespace saccade::app {
namespace {

/// The text in quotes, as fish reads it.
std::string fish_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

/// What follows: -x takes a word that is no file, -r any, -F files.
std::string arguments_of(Offer offer, const std::vector<std::string>& choices) {
  switch (offer) {
    case Offer::kChoices:
      return "-xa " + fish_quoted(fmt::format("{}", fmt::join(choices, " ")));
    case Offer::kModels:
      return "-rFa " + fish_quoted(kBundledModels);
    case Offer::kFiles:
      return "-rF";
    case Offer::kFolders:
      return "-xa '(__fish_complete_directories)'";
    case Offer::kNothing:
      break;
  }
  return "-x";
}

}  // namespace

std::string fish_completion(const std::vector<const Command*>& commands) {
  std::string text =
      "# Completion of saccade for fish, made by `saccade options --fish`.\n"
      "complete -c saccade -f\n";
  const auto list = [&text](const char* name, const char* summary) {
    text += fmt::format("complete -c saccade -n __fish_use_subcommand -a {} -d {}\n", name, fish_quoted(summary));
  };
  for (const Extra& extra : extra_commands()) list(extra.name, extra.summary);
  for (const Command* command : commands) list(command->name, command->summary);
  for (const Command* command : commands) {
    const std::string begin = fmt::format("complete -c saccade -n '__fish_seen_subcommand_from {}'", command->name);
    const Offer words = offer_of(*command);
    if (words == Offer::kFiles) text += begin + " -F\n";
    if (words == Offer::kModels) text += fmt::format("{} -Fa {}\n", begin, fish_quoted(kBundledModels));
    text += begin + " -s h -l help -d 'Explain the command'\n";
    declare_all(*command, [&](const Fields& fields) {
      for (const Field& field : fields.all()) {
        const bool flag = field.type == Field::Type::kFlag;
        text += fmt::format("{} -l {} {}{}-d {}\n", begin, field.name,
                            flag ? "" : arguments_of(offer_of(field), field.choices), flag ? "" : " ",
                            fish_quoted(phrase_of(field)));
      }
    });
  }
  return text;
}

}  // namespace saccade::app
