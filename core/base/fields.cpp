#include "core/base/fields.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"

namespace saccade {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

/// The number in a text, or nothing if the text is not a number in the range.
template <typename Number>
std::optional<Number> number_in(const std::string& text, Range range) {
  Number number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const auto real = static_cast<double>(number);
  if (!(real >= range.low && real <= range.high)) return std::nullopt;  // also rejects NaN
  return number;
}

[[noreturn]] void refuse(const std::string& name, const std::string& wanted, const std::string& text) {
  throw Error("{} must be {}, not '{}'", name, wanted, excerpt(text));
}

/// An integer bound, without an exponent.
std::string whole(double bound) {
  constexpr double kMost = 0x1p63;
  const bool most = bound >= kMost;
  return fmt::format("{}", most ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(bound));
}

/// A real bound. fmt alone would print a million with an exponent.
std::string real(double bound) {
  return bound == static_cast<double>(static_cast<std::int64_t>(bound)) ? whole(bound) : fmt::format("{}", bound);
}

std::string whole_within(Range range) {
  return fmt::format("an integer from {} to {}", whole(range.low), whole(range.high));
}

/// The parts of a comma-separated text; none for an empty text.
Words parts_of(const std::string& text) {
  Words parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, comma - begin));
    if (comma + 1 == text.size()) parts.emplace_back();  // "5," ends with an empty part
    begin = comma + 1;
  }
  return parts;
}

bool contains(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Field field_of(std::string name, std::string help, std::string placeholder, Affects affects,
               Field::Type type = Field::Type::kText) {
  Field field;
  field.name = std::move(name);
  field.help = std::move(help);
  field.placeholder = std::move(placeholder);
  field.affects = affects;
  field.type = type;
  return field;
}

/// The value of an option that accepts any text except the empty one.
const std::string& some_text(const std::string& name, const std::string& text) {
  if (text.empty()) throw Error("{} must not be empty; leave the option out", name);
  return text;
}

std::string member_name(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

Field& Fields::add(Field field) {
  field.section = section_;
  const auto same = std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.name == field.name; });
  if (same == fields_.end()) return fields_.emplace_back(std::move(field));
  if (same->type != field.type) throw Error("option {}: declared twice with different types", field.name);
  same->affects = std::min(same->affects, field.affects);
  same->text = [one = same->text, other = field.text] {
    const std::string first = one(), second = other();
    return first == second ? first : first + " and " + second;
  };
  same->take = [one = same->take, other = field.take](const std::string& text) {
    one(text);
    other(text);
  };
  return *same;
}

void Fields::add_all_but(const Words& names, const Fields& others) {
  for (const Field& field : others.all()) {
    if (!contains(names, field.name)) add(field);
  }
}

Field& Fields::add_whole(std::string name, Range range, std::string help, Affects affects, Text text,
                         const std::function<void(std::int64_t)>& set) {
  Field field = field_of(std::move(name), std::move(help), "N", affects, Field::Type::kWhole);
  field.wanted = whole_within(range);
  field.take = [name = field.name, wanted = field.wanted, range, set](const std::string& word) {
    const auto number = number_in<std::int64_t>(word, range);
    if (!number) refuse(name, wanted, word);
    set(*number);
  };
  field.text = std::move(text);
  field.has_default = number_in<std::int64_t>(field.text(), range).has_value();
  return add(std::move(field));
}

Field& Fields::add_real(std::string name, Range range, std::string help, Affects affects, Text text,
                        const std::function<void(double)>& set) {
  Field field = field_of(std::move(name), std::move(help), "X", affects, Field::Type::kReal);
  field.wanted = fmt::format("a number from {} to {}", real(range.low), real(range.high));
  field.take = [name = field.name, wanted = field.wanted, range, set](const std::string& word) {
    const auto number = number_in<double>(word, range);
    if (!number) refuse(name, wanted, word);
    set(*number);
  };
  field.text = std::move(text);
  field.has_default = number_in<double>(field.text(), range).has_value();
  return add(std::move(field));
}

Field& Fields::operator()(std::vector<int>& value, std::string name, Range range, std::string help, Affects affects) {
  Field field = field_of(std::move(name), std::move(help), "N[,N...]", affects);
  field.wanted = whole_within(range) + ", or several separated by commas";
  field.take = [name = field.name, wanted = field.wanted, range, &value](const std::string& text) {
    std::vector<int> numbers;
    for (const auto& part : parts_of(text)) {
      const auto number = number_in<int>(part, range);
      if (!number) refuse(name, wanted, text);
      numbers.push_back(*number);
    }
    if (numbers.empty()) refuse(name, wanted, text);
    value = numbers;
  };
  field.text = [&value] { return fmt::format("{}", fmt::join(value, ",")); };
  field.has_default = !value.empty();
  return add(std::move(field));
}

Field& Fields::add_choice(std::string name, Words choices, std::string help, Affects affects, Text text,
                          const std::function<void(const std::string&)>& set) {
  Field field = field_of(std::move(name), std::move(help), "NAME", affects);
  field.wanted = fmt::format("one of {}", fmt::join(choices, ", "));
  field.take = [name = field.name, wanted = field.wanted, choices, set](const std::string& word) {
    if (!contains(choices, word)) refuse(name, wanted, word);
    set(word);
  };
  field.choices = std::move(choices);
  field.text = std::move(text);
  field.has_default = !field.text().empty();
  return add(std::move(field));
}

Field& Fields::add_choices(std::string name, Words choices, std::string help, Affects affects,
                           const std::function<Words()>& get, const std::function<void(const Words&)>& set) {
  Field field = field_of(std::move(name), std::move(help), "NAME[,NAME...]", affects);
  field.wanted = fmt::format("one of {}, or several separated by commas", fmt::join(choices, ", "));
  field.take = [name = field.name, wanted = field.wanted, choices, set](const std::string& text) {
    const Words parts = parts_of(text);
    const bool known =
        std::all_of(parts.begin(), parts.end(), [&](const auto& part) { return contains(choices, part); });
    if (parts.empty() || !known) refuse(name, wanted, text);
    set(parts);
  };
  field.choices = std::move(choices);
  field.text = [get] { return fmt::format("{}", fmt::join(get(), ",")); };
  field.has_default = !field.text().empty();
  return add(std::move(field));
}

Field& Fields::operator()(bool& value, std::string name, std::string help, Affects affects) {
  Field field = field_of(std::move(name), std::move(help), "", affects, Field::Type::kFlag);
  field.wanted = "true or false";
  field.take = [name = field.name, wanted = field.wanted, &value](const std::string& text) {
    if (text != "true" && text != "false") refuse(name, wanted, text);
    value = text == "true";
  };
  field.text = [&value] { return std::string(value ? "true" : "false"); };
  return add(std::move(field));
}

Field& Fields::operator()(std::string& value, std::string name, const char* placeholder, std::string help,
                          Affects affects) {
  Field field = field_of(std::move(name), std::move(help), placeholder, affects);
  field.text = [&value] { return value; };
  field.take = [name = field.name, &value](const std::string& text) { value = some_text(name, text); };
  field.has_default = !value.empty();
  return add(std::move(field));
}

Field& Fields::operator()(std::filesystem::path& value, std::string name, const char* placeholder, std::string help,
                          Affects affects) {
  Field field = field_of(std::move(name), std::move(help), placeholder, affects);
  field.text = [&value] { return value.string(); };
  field.take = [name = field.name, &value](const std::string& text) { value = some_text(name, text); };
  field.has_default = !value.empty();
  return add(std::move(field));
}

Field& Fields::operator()(Words& value, std::string name, const char* placeholder, std::string help, Affects affects) {
  Field field = field_of(std::move(name), std::move(help), placeholder, affects);
  field.text = [&value] { return fmt::format("{}", fmt::join(value, " ")); };
  field.take = [name = field.name, &value](const std::string& text) { value.push_back(some_text(name, text)); };
  field.has_default = false;
  field.several_words = true;
  return add(std::move(field));
}

Field& Fields::operator()(std::string& value, std::string name, Words choices, std::string help, Affects affects) {
  return add_choice(
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
    if (member == object.end() && field.later) continue;
    if (member == object.end()) throw Error("'{}' is missing", member_name(field.name));
    const bool fits = field.type == Field::Type::kText    ? member->is_string()
                      : field.type == Field::Type::kFlag  ? member->is_boolean()
                      : field.type == Field::Type::kWhole ? member->is_number_integer()
                                                          : member->is_number();
    if (!fits) throw Error("'{}' has the wrong type", member_name(field.name));
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
