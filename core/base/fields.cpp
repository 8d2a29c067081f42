#include "core/base/fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace saccade {
namespace {

using nlohmann::json;

template <typename Number>
std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

[[noreturn]] void refuse(const std::string& name, const std::string& wanted, const std::string& text) {
  throw Error("{} must be {}, not '{}'", name, wanted, text);
}

std::string member_name(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

void Fields::add_whole(std::string name, Range range, std::string help, Affects affects,
                       std::function<std::int64_t()> get, const std::function<void(std::int64_t)>& set) {
  const auto take = [name, range, set](const std::string& text) {
    const auto number = number_in<std::int64_t>(text);
    const bool fits = number && static_cast<double>(*number) >= range.low && static_cast<double>(*number) <= range.high;
    if (!fits) refuse(name, fmt::format("a whole number from {} to {}", range.low, range.high), text);
    set(*number);
  };
  const auto text = [get = std::move(get)] { return fmt::format("{}", get()); };
  fields_.push_back({std::move(name), std::move(help), "N", affects, Field::Type::kWhole, {}, text, take});
}

void Fields::add_real(std::string name, Range range, std::string help, Affects affects, std::function<double()> get,
                      const std::function<void(double)>& set) {
  const auto take = [name, range, set](const std::string& text) {
    const auto number = number_in<double>(text);
    const bool fits = number && *number >= range.low && *number <= range.high;
    if (!fits) refuse(name, fmt::format("a number from {} to {}", range.low, range.high), text);
    set(*number);
  };
  const auto text = [get = std::move(get)] { return fmt::format("{}", get()); };
  fields_.push_back({std::move(name), std::move(help), "X", affects, Field::Type::kReal, {}, text, take});
}

void Fields::add_choice(std::string name, std::vector<std::string> choices, std::string help, Affects affects,
                        std::function<std::string()> get, const std::function<void(const std::string&)>& set) {
  const auto take = [name, choices, set](const std::string& text) {
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      refuse(name, fmt::format("one of {}", fmt::join(choices, ", ")), text);
    }
    set(text);
  };
  fields_.push_back({std::move(name), std::move(help), "NAME", affects, Field::Type::kText, std::move(choices),
                     std::move(get), take});
}

void Fields::operator()(bool& value, std::string name, std::string help, Affects affects) {
  const auto take = [name, &value](const std::string& text) {
    if (text != "true" && text != "false") refuse(name, "true or false", text);
    value = text == "true";
  };
  const auto text = [&value] { return std::string(value ? "true" : "false"); };
  fields_.push_back({std::move(name), std::move(help), "", affects, Field::Type::kFlag, {}, text, take});
}

void Fields::operator()(std::string& value, std::string name, const char* placeholder, std::string help,
                        Affects affects) {
  fields_.push_back({std::move(name),
                     std::move(help),
                     placeholder,
                     affects,
                     Field::Type::kText,
                     {},
                     [&value] { return value; },
                     [&value](const std::string& text) { value = text; }});
}

void Fields::operator()(std::filesystem::path& value, std::string name, const char* placeholder, std::string help,
                        Affects affects) {
  fields_.push_back({std::move(name),
                     std::move(help),
                     placeholder,
                     affects,
                     Field::Type::kText,
                     {},
                     [&value] { return value.string(); },
                     [&value](const std::string& text) { value = text; }});
}

void Fields::operator()(std::string& value, std::string name, std::vector<std::string> choices, std::string help,
                        Affects affects) {
  add_choice(
      std::move(name), std::move(choices), std::move(help), affects, [&value] { return value; },
      [&value](const std::string& text) { value = text; });
}

json to_json(const Fields& fields) {
  json object = json::object();
  for (const Field& field : fields.all()) {
    if (field.affects != Affects::kModel) continue;
    const std::string text = field.text();
    object[member_name(field.name)] = field.type == Field::Type::kText ? json(text) : json::parse(text);
  }
  return object;
}

void from_json(const json& object, const Fields& fields) {
  for (const Field& field : fields.all()) {
    if (field.affects != Affects::kModel) continue;
    const auto member = object.find(member_name(field.name));
    if (member == object.end()) throw Error("'{}' is missing", member_name(field.name));
    const bool fits = field.type == Field::Type::kText    ? member->is_string()
                      : field.type == Field::Type::kFlag  ? member->is_boolean()
                      : field.type == Field::Type::kWhole ? member->is_number_integer()
                                                          : member->is_number();
    if (!fits) throw Error("'{}' has a value of another type", member_name(field.name));
    field.take(member->is_string() ? member->get<std::string>() : member->dump());
  }
}

std::string signature_of(const Fields& fields) {
  std::string text;
  for (const Field& field : fields.all()) {
    if (field.affects != Affects::kNothing) text += fmt::format("{}={}\n", field.name, field.text());
  }
  return text;
}

}  // namespace saccade
