#include "app/options/command_line.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"

namespace saccade::app {
namespace {

namespace po = boost::program_options;

constexpr unsigned kColumns = 100;     // of help
constexpr unsigned kTextColumns = 62;  // of them at least for what an option does

po::value_semantic* semantic_of(const Field& field) {
  if (field.type == Field::Type::kFlag) return po::bool_switch();
  if (field.several_words) {
    auto* words = po::value<std::vector<std::string>>()->multitoken()->value_name(field.placeholder + "...");
    return field.required ? words->required() : words;
  }
  auto* word = po::value<std::string>()->value_name(field.placeholder);
  if (field.has_default) word->default_value(field.text());
  return field.required ? word->required() : word;
}

std::string help_of(const Field& field) {
  if (field.choices.empty()) return field.help;
  return fmt::format("{} Choices: {}.", field.help, fmt::join(field.choices, ", "));
}

/// The options by their headings, in the order of each heading's first option.
po::options_description described(const Fields& fields) {
  std::vector<std::string> headings;
  std::map<std::string, po::options_description> sections;
  for (const Field& field : fields.all()) {
    const auto [section, first] = sections.try_emplace(field.section, field.section, kColumns, kTextColumns);
    if (first) headings.push_back(field.section);
    section->second.add_options()(field.name.c_str(), semantic_of(field), help_of(field).c_str());
  }
  po::options_description all(kColumns, kTextColumns);
  for (const auto& heading : headings) all.add(sections.at(heading));
  return all;
}

/// Lists of paths that end with a zero byte are asked for by -0 in xargs and perl, and so they are here.
std::vector<std::string> spelt_out(std::vector<std::string> arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  std::replace(arguments.begin(), end, std::string("-0"), std::string("--null-separated"));
  return arguments;
}

/// Boost fills its lines up with blanks.
std::string without_trailing_blanks(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) result += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  return result;
}

void print_help(const Command& command, const po::options_description& options) {
  std::ostringstream text;
  text << options;  // begins with an empty line
  const std::string end = *command.epilogue == '\0' ? "" : fmt::format("\n{}\n", command.epilogue);
  fmt::print("Usage: saccade {} {}\n\n{}{}{}", command.name, command.usage, command.about,
             without_trailing_blanks(text.str()), end);
}

/// Sets the fields that were given from the words behind them.
Given take(const Fields& fields, const po::variables_map& values) {
  Given given;
  for (const Field& field : fields.all()) {
    const auto& value = values[field.name];
    if (value.empty() || value.defaulted()) continue;
    given.insert(field.name);
    try {
      if (field.type == Field::Type::kFlag) {
        field.take("true");
      } else if (field.several_words) {
        for (const auto& word : value.as<std::vector<std::string>>()) field.take(word);
      } else {
        field.take(value.as<std::string>());
      }
    } catch (const Error& error) {
      throw UsageError(fmt::format("--{}", error.what()));
    }
  }
  return given;
}

}  // namespace

std::optional<Given> parse(const Command& command, const std::vector<std::string>& arguments, const Fields& fields,
                           const Positional& positional) {
  const po::options_description options = described(fields);
  po::options_description all;
  all.add(options).add_options()("help,h", "");
  try {
    po::positional_options_description places;
    if (positional.values != nullptr) {
      all.add_options()(positional.name, po::value(positional.values));
      places.add(positional.name, -1);
    }
    po::variables_map values;
    // Without guessing an option is taken by its whole name only: a typing error is not another option.
    using namespace po::command_line_style;
    constexpr int kStyle = unix_style & ~allow_guessing;
    po::store(po::command_line_parser(spelt_out(arguments)).options(all).positional(places).style(kStyle).run(),
              values);
    if (values.count("help") != 0) {
      print_help(command, options);
      return std::nullopt;
    }
    po::notify(values);
    return take(fields, values);
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace saccade::app
