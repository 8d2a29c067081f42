#include "app/options/command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
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

/// Lists of paths that end with a zero byte are asked for by -0 in xargs and perl, and so they are here; but not where
/// an option waits for its value.
std::vector<std::string> spelt_out(std::vector<std::string> arguments, const Fields& fields) {
  const auto takes_value = [&fields](const std::string& argument) {
    return std::any_of(fields.all().begin(), fields.all().end(), [&argument](const Field& field) {
      return field.type != Field::Type::kFlag && argument == "--" + field.name;
    });
  };
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  for (auto argument = arguments.begin(); argument != end; ++argument) {
    if (*argument != "-0" || (argument != arguments.begin() && takes_value(argument[-1]))) continue;
    *argument = "--null-separated";
  }
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

/// The options with a value that is no default.
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

/// Sets the fields that were given; those that are not `typed` came from the config file.
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

/// Adds what the config file has of a command's own options to the values, where it is not among them.
void add_config(const std::filesystem::path& config, const Fields& fields, po::variables_map& values) {
  const std::string content = read_file(config);
  std::istringstream text{std::string(without_byte_order_mark(content))};
  try {
    po::store(po::parse_config_file(text, described(fields)), values);
  } catch (const po::error& error) {
    constexpr int kLongest = 200;  // it quotes the line, which may be of any length
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
    // Without guessing an option is taken by its whole name only: a typing error is not another option.
    using namespace po::command_line_style;
    constexpr int kStyle = unix_style & ~allow_guessing;
    po::store(po::command_line_parser(spelt_out(arguments, every)).options(all).positional(places).style(kStyle).run(),
              values);
    if (values.count("help") != 0) {
      print_help(command, options);
      return std::nullopt;
    }
    const Given typed = given_in(every, values);
    take(common_fields, typed, typed, {});
    if (!common.config.empty()) add_config(common.config, fields, values);
    if (!common.dump_config) po::notify(values);  // what is required is there
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
