#include "app/options/command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/options/common_options.hpp"
#include "app/options/config_file.hpp"
#include "app/options/sections.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/format.hpp"

namespace saccade::app {
namespace {

namespace po = boost::program_options;

constexpr unsigned kColumns = 100;     // width of the help
constexpr unsigned kTextColumns = 62;  // minimum width of the descriptions

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

/// Help text with the choices or the range of values. Seeds have no range worth printing.
std::string help_of(const Field& field) {
  if (!field.choices.empty()) return fmt::format("{} Choices: {}.", field.help, fmt::join(field.choices, ", "));
  const std::size_t range = field.wanted.find(" from ");
  if (range == std::string::npos || field.name.find("seed") != std::string::npos) return field.help;
  const std::size_t first = range + std::string(" from ").size();
  return fmt::format("{} Range: {}.", field.help, field.wanted.substr(first, field.wanted.find(',') - first));
}

/// Option names of earlier versions, which the notes of trained models quote.
const std::map<std::string, std::string>& former_names() {
  static const std::map<std::string, std::string> names{{"beside", "compare"},
                                                        {"cell", "cell-selection"},
                                                        {"key-positions", "position-embeddings"},
                                                        {"licence", "license"},
                                                        {"thawed-stages", "unfrozen-stages"}};
  return names;
}

/// `--option` or `--option=value` with the current name of the option.
std::string with_current_name(const std::string& argument) {
  if (argument.rfind("--", 0) != 0) return argument;
  const std::size_t end = std::min(argument.find('='), argument.size());
  const auto found = former_names().find(argument.substr(2, end - 2));
  return found == former_names().end() ? argument : "--" + found->second + argument.substr(end);
}

po::options_description described(const Fields& fields) {
  po::options_description all(kColumns, kTextColumns);
  for (const Section& section : sections_of(fields)) {
    po::options_description options(section.heading, kColumns, kTextColumns);
    for (const Field& field : section.options) {
      options.add_options()(field.name.c_str(), semantic_of(field), help_of(field).c_str());
    }
    all.add(options);
  }
  return all;
}

/// Replaces former names and -0, which xargs and perl use for --null-separated, except where an option expects its
/// value.
std::vector<std::string> normalized(std::vector<std::string> arguments, const Fields& fields) {
  const auto takes_value = [&fields](const std::string& argument) {
    return std::any_of(fields.all().begin(), fields.all().end(), [&argument](const Field& field) {
      return field.type != Field::Type::kFlag && argument == "--" + field.name;
    });
  };
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  for (auto argument = arguments.begin(); argument != end; ++argument) {
    if (argument != arguments.begin() && takes_value(argument[-1])) {
      if (argument[-1] == "--initial-state" && *argument == "blind") *argument = "learned";  // former name
      continue;
    }
    *argument = *argument == "-0" ? "--null-separated" : with_current_name(*argument);
  }
  return arguments;
}

/// Boost pads lines with spaces.
std::string without_trailing_spaces(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) result += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  return result;
}

void print_help(const Command& command, const po::options_description& options) {
  std::ostringstream text;
  text << options;  // starts with an empty line
  const std::string end = *command.epilogue == '\0' ? "" : fmt::format("\n{}\n", command.epilogue);
  fmt::print("Usage: saccade {} {}\n\n{}{}{}", command.name, command.usage, command.about,
             without_trailing_spaces(text.str()), end);
}

/// The options with an explicit value.
Given given_in(const Fields& fields, const po::variables_map& values) {
  Given given;
  for (const Field& field : fields.all()) {
    const auto& value = values[field.name];
    if (value.empty() || value.defaulted()) continue;
    if (field.type == Field::Type::kFlag) {
      if (value.as<bool>()) given[field.name];
    } else if (field.several_words) {
      given[field.name] = value.as<std::vector<std::string>>();
    } else {
      given[field.name] = {value.as<std::string>()};
    }
  }
  return given;
}

/// Sets the given fields. Those that are not `typed` come from the configuration file.
void take(const Fields& fields, const Given& given, const Given& typed, const std::filesystem::path& config) {
  for (const Field& field : fields.all()) {
    const auto found = given.find(field.name);
    if (found == given.end()) continue;
    try {
      if (field.type == Field::Type::kFlag) field.take("true");
      for (const auto& word : found->second) field.take(word);
    } catch (const Error& error) {
      const std::string where = typed.count(field.name) != 0 ? "" : config.string() + ": ";
      throw UsageError(fmt::format("{}--{}", where, error.what()));
    }
  }
}

/// Adds the values of the configuration file that the command line does not set.
void add_config(const std::filesystem::path& config, const Fields& fields, po::variables_map& values) {
  const std::string content = read_file(config);
  std::istringstream text{std::string(without_byte_order_mark(content))};
  try {
    po::store(po::parse_config_file(text, described(fields)), values);
  } catch (const po::error& error) {
    constexpr int kLongest = 200;  // Boost quotes the whole line
    throw UsageError(fmt::format("{}: {:.{}}", config.string(), error.what(), kLongest));
  }
}

}  // namespace

std::filesystem::path config_file(const Given& given) {
  const auto found = given.find("config");
  return found == given.end() ? std::string() : found->second.front();
}

std::optional<Given> parse(const Command& command, const std::vector<std::string>& arguments, const Fields& fields,
                           const Positional& positional) {
  CommonOptions common;
  const Fields common_fields = fields_of(common);
  Fields every = fields;
  common.fields(every);
  const po::options_description options = described(every);
  po::options_description all;
  all.add(options).add_options()("help,h", "");
  try {
    po::positional_options_description places;
    if (positional.values != nullptr) {
      all.add_options()(positional.name, po::value(positional.values));
      places.add(positional.name, -1);
    }
    po::variables_map values;
    // Disables prefix matching: a typo must not select another option.
    using namespace po::command_line_style;
    constexpr int kStyle = unix_style & ~allow_guessing;
    po::store(po::command_line_parser(normalized(arguments, every)).options(all).positional(places).style(kStyle).run(),
              values);
    if (values.count("help") != 0) {
      print_help(command, options);
      return std::nullopt;
    }
    const Given typed = given_in(every, values);
    take(common_fields, typed, typed, {});
    if (!common.config.empty()) add_config(common.config, fields, values);
    if (!common.dump_config) po::notify(values);  // checks required options
    Given given = given_in(fields, values);
    take(fields, given, typed, common.config);
    if (!common.dump_config) {
      if (!common.config.empty()) given["config"] = {common.config.string()};
      return given;
    }
    std::fputs(config_text(command, fields, given).c_str(), stdout);
    return std::nullopt;
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace saccade::app
