#include "app/options/completion.hpp"

namespace saccade::app {

Offer offer_of(const Field& field) {
  if (!field.choices.empty()) return Offer::kChoices;
  if (field.placeholder == "DIR") return Offer::kFolders;
  if (field.placeholder == "MODEL") return Offer::kModels;
  return field.placeholder == "FILE" || field.placeholder == "OUT" ? Offer::kFiles : Offer::kNothing;
}

Offer offer_of(const Command& command) {
  const std::string usage = command.usage;
  if (usage.rfind("MODEL...", 0) == 0) return Offer::kModels;
  return usage.rfind("PHOTO...", 0) == 0 ? Offer::kFiles : Offer::kNothing;
}

std::string phrase_of(const Field& field) {
  std::string phrase = field.help.substr(0, field.help.find(". "));
  if (!phrase.empty() && phrase.back() == '.') phrase.pop_back();
  return phrase;
}

const std::vector<Extra>& extra_commands() {
  static const std::vector<Extra> extras{{"help", "explain a command"}, {"version", "print the version"}};
  return extras;
}

std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace saccade::app
