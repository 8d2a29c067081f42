#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// What a shell can offer behind an option, or where a command's own words stand.
enum class Offer {
  kNothing,  ///< a number or a text: the shell cannot know it
  kChoices,  ///< the option's choices
  kFiles,
  kFolders,
  kModels  ///< files, and the models that come with the program
};

Offer offer_of(const Field& field);

/// The same of the words without a dash; kNothing where a command takes none.
Offer offer_of(const Command& command);

/// What an option does, in the one phrase that a list has room for, without its full stop.
std::string phrase_of(const Field& field);

/// What is no command of its own, but stands where commands do, with what it does.
struct Extra {
  const char* name;
  const char* summary;
};
const std::vector<Extra>& extra_commands();

/// The models that come with the program, with a blank between.
constexpr const char* kBundledModels = "soft hard";

/// The text in single quotes, as a shell reads it.
std::string shell_quoted(const std::string& text);

}  // namespace saccade::app
