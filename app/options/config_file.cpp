#include "app/options/config_file.hpp"

#include <fmt/format.h>

#include "app/options/sections.hpp"

namespace saccade::app {
namespace {

void require_fit(const std::string& option, const std::string& value) {
  constexpr const char* kBlanks = " \t\r\n";
  const bool trimmed = value.find_first_of(kBlanks) == 0 || value.find_last_of(kBlanks) + 1 == value.size();
  if (!trimmed && value.find_first_of("#\n") == std::string::npos) return;
  throw UsageError(
      fmt::format("--{}: a value in a configuration file cannot contain '#' or a line break, or begin or end with a "
                  "space: '{}'; give it on the command line",
                  option, value));
}

std::string comment_of(const Field& field) {
  const bool standing = field.type == Field::Type::kFlag || field.has_default;
  return fmt::format("# {} = {}{}\n", field.name, standing ? field.text() : field.placeholder,
                     field.required ? " (required)" : "");
}

std::string lines_of(const Field& field, const std::vector<std::string>& words) {
  if (field.type == Field::Type::kFlag) return fmt::format("{} = true\n", field.name);
  std::string lines;
  for (const auto& word : words) {
    require_fit(field.name, word);
    lines += fmt::format("{} = {}\n", field.name, word);
  }
  return lines;
}

}  // namespace

std::string config_text(const Command& command, const Fields& fields, const Given& given) {
  std::string text = fmt::format(
      "# Options of `saccade {}` for --config. Comments show the defaults of the other options.\n", command.name);
  for (const Section& section : sections_of(fields)) {
    text += fmt::format("\n# {}\n", section.heading);
    for (const Field& field : section.options) {
      const auto found = given.find(field.name);
      text += found == given.end() ? comment_of(field) : lines_of(field, found->second);
    }
  }
  return text;
}

}  // namespace saccade::app
