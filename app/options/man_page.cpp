#include "app/options/man_page.hpp"

#include <sstream>

#include <fmt/format.h>

#include "app/options/common_options.hpp"
#include "app/options/completion.hpp"
#include "app/options/sections.hpp"

namespace saccade::app {
namespace {

constexpr const char* kBeginning =
    ".TH SACCADE 1 \"\" \"Saccade " SACCADE_VERSION
    "\" \"User Commands\"\n"
    ".SH NAME\n"
    "saccade \\- describe photos in words and show where each word looked\n"
    ".SH SYNOPSIS\n"
    ".B saccade\n"
    ".I COMMAND\n"
    ".RI [ OPTION ...]\n"
    ".SH DESCRIPTION\n"
    "Saccade captions photos with an LSTM or a Transformer that attends to parts of the photo, and shows for every\n"
    "word where it looked. It also trains such models on captions of your own, and scores captions.\n"
    ".PP\n"
    "An option and its value may be joined by an equals sign or stand apart; an option is given by its whole name.\n"
    "Words after\n"
    ".B \\-\\-\n"
    "are no options.\n"
    ".B saccade help\n"
    ".I COMMAND\n"
    "explains one command and\n"
    ".B saccade version\n"
    "tells the version.\n";

constexpr const char* kEnd =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nAll that was asked for was done.\n"
    ".TP\n.B 1\nSomething could not be done; a sentence on standard error says what.\n"
    ".TP\n.B 2\nThe command line or a file of \\-\\-config is wrong.\n"
    ".TP\n.B 128 + N\nSignal N broke a training off in good order: the same command goes on with it.\n"
    ".SH EXAMPLES\n"
    ".nf\n"
    "saccade caption photo.jpg\n"
    "saccade caption holiday/ \\-\\-page holiday.html\n"
    "saccade caption holiday/ \\-\\-output captions.csv \\-\\-resume\n"
    "saccade info soft\n"
    ".fi\n";

/// Escapes text for roff.
std::string roff(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_line = i == 0 || text[i - 1] == '\n';
    if (begins_line && (text[i] == '.' || text[i] == '\'')) result += "\\&";
    switch (text[i]) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      case '`':
        result += "\\(ga";
        break;
      case '\'':
        result += "\\(aq";
        break;
      default:
        result += text[i];
    }
  }
  return result;
}

std::string entry_of(const Field& field) {
  const std::string value = field.placeholder.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(field.placeholder));
  std::string text = fmt::format(".TP\n\\fB\\-\\-{}\\fR{}{}\n{}\n", roff(field.name), value,
                                 field.several_words ? "..." : "", roff(field.help));
  if (field.type == Field::Type::kFlag) return text;
  if (!field.wanted.empty()) text += fmt::format("It is {}.\n", roff(field.wanted));
  if (field.required) text += "It must be given.\n";
  if (!field.required && field.has_default) text += fmt::format("Default: {}.\n", roff(field.text()));
  return text;
}

}  // namespace

std::string man_page(const std::vector<const Command*>& commands) {
  std::string text = kBeginning;
  for (const Command* command : commands) {
    text += fmt::format(".SH \"saccade {}\"\n.B saccade {}\n{}\n.PP\n{}", roff(command->name), roff(command->name),
                        roff(command->usage), roff(command->about));
    if (*command->epilogue != '\0') text += fmt::format(".PP\n{}\n", roff(command->epilogue));
    declare_all(*command, [&text](const Fields& fields) {
      for (const Section& section : sections_of(fields)) {
        text += fmt::format(".SS \"{}\"\n", roff(section.heading));
        for (const Field& field : section.options) text += entry_of(field);
      }
    });
  }
  return text + kEnd;
}

}  // namespace saccade::app
