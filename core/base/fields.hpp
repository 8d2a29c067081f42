#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json_fwd.hpp>

#include "core/base/registry.hpp"

namespace saccade {

/// What a change of an option's value changes.
enum class Affects {
  kModel,   ///< what the model is: its file says so
  kResult,  ///< what a training comes to: a killed one goes on only with the same value
  kNothing  ///< neither: where things are written, how fast, what is printed
};

/// The numbers that an option takes, both ends included. A default outside of them stands for "not asked for".
struct Range {
  double low;
  double high;
};

/// Of whatever is drawn at random.
constexpr Range kSeeds{0, 0x1p63};

/// One option as seen by those who go through them: the command line, its help, the documentation, the model file and
/// the signature of a training.
struct Field {
  enum class Type { kFlag, kWhole, kReal, kText };

  std::string name;         ///< as on the command line: words joined by hyphens
  std::string help;         ///< phrases that begin with a capital and end with a full stop
  std::string placeholder;  ///< what help calls its value: N, X, NAME, FILE ...; empty for a flag
  Affects affects = Affects::kNothing;
  Type type = Type::kText;
  std::string wanted;                ///< what values there are ("a whole number from 1 to 8192"); empty: any
  std::vector<std::string> choices;  ///< the only values there are; empty: others are allowed

  std::function<std::string()> text;             ///< the value
  std::function<void(const std::string&)> take;  ///< sets the value; throws Error saying what it must be

  std::string section;         ///< of the help
  bool has_default = true;     ///< the value that stands there is one
  bool required = false;       ///< must be given
  bool several_words = false;  ///< takes any number of words, by a call of `take` each
  bool later = false;          ///< model files from before it lack it: its default is what they are
};

/// Collects the options that structs declare, each in a member function `void fields(Fields& f)`:
///
///     struct LstmOptions {
///       std::int64_t hidden = 480;
///       void fields(Fields& f) { f(hidden, "hidden", Range{1, 8192}, "Width of the LSTM's state.", Affects::kModel); }
///     };
///
/// Each call returns the field declared, for what is said more rarely: `f(...).required = true`. Two declarations of
/// one name are one option that sets both values.
class Fields {
 public:
  /// Options declared from here on stand under this heading in the help.
  void section(std::string heading) { section_ = std::move(heading); }

  /// A number. The value that stands there is the default.
  template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>>>
  Field& operator()(Number& value, std::string name, Range range, std::string help, Affects affects) {
    const auto text = [&value] { return fmt::format("{}", value); };
    if constexpr (std::is_floating_point_v<Number>) {
      return add_real(std::move(name), range, std::move(help), affects, text,
                      [&value](double number) { value = static_cast<Number>(number); });
    } else {
      using Limits = std::numeric_limits<Number>;
      const Range held{std::max(range.low, static_cast<double>(Limits::min())),
                       std::min(range.high, static_cast<double>(Limits::max()))};
      return add_whole(std::move(name), held, std::move(help), affects, text,
                       [&value](std::int64_t number) { value = static_cast<Number>(number); });
    }
  }

  /// Whole numbers with commas between, at least one.
  Field& operator()(std::vector<int>& value, std::string name, Range range, std::string help, Affects affects);

  /// A switch, off unless it is given.
  Field& operator()(bool& value, std::string name, std::string help, Affects affects);

  /// Free text, for which help says `placeholder`; several words of it.
  Field& operator()(std::string& value, std::string name, const char* placeholder, std::string help, Affects affects);
  Field& operator()(std::filesystem::path& value, std::string name, const char* placeholder, std::string help,
                    Affects affects);
  Field& operator()(std::vector<std::string>& value, std::string name, const char* placeholder, std::string help,
                    Affects affects);

  /// One of some names.
  Field& operator()(std::string& value, std::string name, std::vector<std::string> choices, std::string help,
                    Affects affects);

  /// One of a registry's things, by its name. Things must be comparable.
  template <typename Thing>
  Field& operator()(Thing& value, std::string name, const Registry<Thing>& registry, std::string help,
                    Affects affects) {
    return add_choice(
        std::move(name), registry.names(), std::move(help), affects,
        [&value, &registry] { return registry.name_of(value); },
        [&value, &registry](const std::string& text) { value = registry.at(text); });
  }

  /// Some of a registry's things, by their names with commas between, at least one.
  template <typename Thing>
  Field& operator()(std::vector<Thing>& value, std::string name, const Registry<Thing>& registry, std::string help,
                    Affects affects) {
    return add_choices(
        std::move(name), registry.names(), std::move(help), affects,
        [&value, &registry] {
          std::vector<std::string> names;
          for (const Thing& thing : value) names.push_back(registry.name_of(thing));
          return names;
        },
        [&value, &registry](const std::vector<std::string>& names) {
          value.clear();
          for (const auto& each : names) value.push_back(registry.at(each));
        });
  }

  /// Those of another struct, but for some names; they come under this one's heading.
  void add_all_but(const std::vector<std::string>& names, const Fields& others);

  const std::vector<Field>& all() const { return fields_; }

 private:
  using Text = std::function<std::string()>;

  Field& add(Field field);
  Field& add_whole(std::string name, Range range, std::string help, Affects affects, Text text,
                   const std::function<void(std::int64_t)>& set);
  Field& add_real(std::string name, Range range, std::string help, Affects affects, Text text,
                  const std::function<void(double)>& set);
  Field& add_choice(std::string name, std::vector<std::string> choices, std::string help, Affects affects, Text text,
                    const std::function<void(const std::string&)>& set);
  Field& add_choices(std::string name, std::vector<std::string> choices, std::string help, Affects affects,
                     const std::function<std::vector<std::string>()>& get,
                     const std::function<void(const std::vector<std::string>&)>& set);

  std::vector<Field> fields_;
  std::string section_ = "Options";
};

/// The options of a struct, or of several that belong together. They point into it: it must outlive them.
template <typename... Options>
Fields fields_of(Options&... options) {
  Fields fields;
  (options.fields(fields), ...);
  return fields;
}

/// The options of a struct that matter to what was chosen in it.
template <typename Options>
Fields chosen_fields_of(Options& options) {
  Fields fields;
  options.chosen_fields(fields);
  return fields;
}

/// The options that say what a model is, as a JSON object: numbers as numbers, names with underscores.
nlohmann::json to_json(const Fields& fields);

/// Sets those options from such an object, of which members that are no option are left alone. Throws Error naming the
/// member that is missing, of another type or out of its range.
void from_json(const nlohmann::json& object, const Fields& fields);

/// `name=value` of every option that decides what a training comes to, one a line.
std::string signature_of(const Fields& fields);

}  // namespace saccade
