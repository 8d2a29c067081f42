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

/// What an option affects.
enum class Affects {
  kModel,   ///< the model; stored in its file
  kResult,  ///< the result of a training; must not change on resume
  kNothing  ///< neither: outputs, speed, messages
};

/// The range of a number, inclusive. A default outside of it means "not given".
struct Range {
  double low;
  double high;
};

/// Range of random seeds.
constexpr Range kSeeds{0, 0x1p63};

/// One option, as used by the command line, help, documentation, model files and the signature of a training.
struct Field {
  enum class Type { kFlag, kWhole, kReal, kText };

  std::string name;         ///< name on the command line, with hyphens
  std::string help;         ///< an imperative sentence with a period
  std::string placeholder;  ///< placeholder of the value in help: N, X, NAME, FILE ...; empty for a flag
  Affects affects = Affects::kNothing;
  Type type = Type::kText;
  std::string wanted;                ///< allowed values ("an integer from 1 to 8192"); empty: any
  std::vector<std::string> choices;  ///< the only allowed values; empty: any

  std::function<std::string()> text;             ///< the value
  std::function<void(const std::string&)> take;  ///< sets the value; throws Error for invalid text

  std::string section;         ///< heading in help
  bool has_default = true;     ///< whether the initial value is a default
  bool required = false;       ///< whether it must be given
  bool several_words = false;  ///< takes several words, with one call of `take` each
  bool later = false;          ///< newer than model files, which use its default if it is missing
};

/// Collects the options of structs. Each struct declares them in a member function `void fields(Fields& f)`:
///
///     struct LstmOptions {
///       std::int64_t hidden = 480;
///       void fields(Fields& f) { f(hidden, "hidden", Range{1, 8192}, "Set the width of the LSTM state.",
///       Affects::kModel); }
///     };
///
/// Each call returns the field for further settings: `f(...).required = true`. Two declarations of one name form one
/// option that sets both values.
class Fields {
 public:
  /// Sets the help heading of the following options.
  void section(std::string heading) { section_ = std::move(heading); }

  /// A number. Its initial value is the default.
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

  /// One or more comma-separated integers.
  Field& operator()(std::vector<int>& value, std::string name, Range range, std::string help, Affects affects);

  /// A flag, off by default.
  Field& operator()(bool& value, std::string name, std::string help, Affects affects);

  /// Free text, or several words.
  Field& operator()(std::string& value, std::string name, const char* placeholder, std::string help, Affects affects);
  Field& operator()(std::filesystem::path& value, std::string name, const char* placeholder, std::string help,
                    Affects affects);
  Field& operator()(std::vector<std::string>& value, std::string name, const char* placeholder, std::string help,
                    Affects affects);

  /// One of several names.
  Field& operator()(std::string& value, std::string name, std::vector<std::string> choices, std::string help,
                    Affects affects);

  /// An entry of a registry, by name. Entries must be comparable.
  template <typename Thing>
  Field& operator()(Thing& value, std::string name, const Registry<Thing>& registry, std::string help,
                    Affects affects) {
    return add_choice(
        std::move(name), registry.names(), std::move(help), affects,
        [&value, &registry] { return registry.name_of(value); },
        [&value, &registry](const std::string& text) { value = registry.at(text); });
  }

  /// One or more entries of a registry, by comma-separated names.
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

  /// Adds the options of another struct, except some names, under the current heading.
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

/// The options of one or more structs, which must outlive them.
template <typename... Options>
Fields fields_of(Options&... options) {
  Fields fields;
  (options.fields(fields), ...);
  return fields;
}

/// The options that apply to the selected mechanisms of a struct.
template <typename Options>
Fields chosen_fields_of(Options& options) {
  Fields fields;
  options.chosen_fields(fields);
  return fields;
}

/// The model options as a JSON object, with underscores in names.
nlohmann::json to_json(const Fields& fields);

/// Sets the model options from a JSON object and ignores other members. Throws Error with the name of a member that is
/// missing, has the wrong type or is out of range.
void from_json(const nlohmann::json& object, const Fields& fields);

/// `name=value` lines of all options that affect the result of a training.
std::string signature_of(const Fields& fields);

}  // namespace saccade
