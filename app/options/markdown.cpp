#include "app/options/markdown.hpp"

#include <fmt/format.h>

#include "app/options/common_options.hpp"
#include "app/options/sections.hpp"

namespace saccade::app {
namespace {

constexpr const char* kBeginning =
    "# Options\n"
    "\n"
    "`saccade options --markdown` generates this page. Invalid values are errors, with exit status 2.\n";

/// Escapes text for a table cell, except within code.
std::string cell(const std::string& text) {
  std::string safe;
  bool code = false;
  for (const char c : text) {
    if (c == '`') code = !code;
    if (c == '|') {
      safe += "\\|";
    } else if (c == '<' && !code) {
      safe += "&lt;";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string row_of(const Field& field) {
  const std::string value = field.placeholder.empty() ? "" : " " + field.placeholder;
  const std::string several = field.several_words ? "..." : "";
  const bool flag = field.type == Field::Type::kFlag;
  const std::string standing = field.required ? "required" : flag || !field.has_default ? "" : "`" + field.text() + "`";
  return fmt::format("| `--{}{}{}` | {} | {} | {} |\n", field.name, cell(value), several, cell(standing),
                     flag ? "" : cell(field.wanted), cell(field.help));
}

}  // namespace

std::string options_markdown(const std::vector<const Command*>& commands) {
  std::string text = kBeginning;
  for (const Command* command : commands) {
    text += fmt::format("\n## saccade {}\n\n`saccade {} {}`: {}.\n", command->name, command->name, command->usage,
                        command->summary);
    declare_all(*command, [&text](const Fields& fields) {
      for (const Section& section : sections_of(fields)) {
        text += fmt::format("\n### {}\n\n| Option | Default | Values | Description |\n| --- | --- | --- | --- |\n",
                            section.heading);
        for (const Field& field : section.options) text += row_of(field);
      }
    });
  }
  return text;
}

}  // namespace saccade::app
