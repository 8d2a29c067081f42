#pragma once

#include <string>
#include <vector>

#include "app/command.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// What a shell completes after an option or for positional arguments.
enum class Offer {
  kNothing,  ///< nothing: a number or text
  kChoices,  ///< the choices of the option
  kFiles,
  kFolders,
  kModels  ///< files and bundled models
};

Offer offer_of(const Field& field);

/// The same for positional arguments; kNothing if a command takes none.
Offer offer_of(const Command& command);

/// The first sentence of the help of an option, without its period.
std::string phrase_of(const Field& field);

/// A word that is not a command but occurs in its place, with its description.
struct Extra {
  const char* name;
  const char* summary;
};
const std::vector<Extra>& extra_commands();

/// The bundled models, separated by spaces.
constexpr const char* kBundledModels = "soft hard";

/// Quotes text for a shell.
std::string shell_quoted(const std::string& text);

}  // namespace saccade::app
