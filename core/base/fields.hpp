#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/registry.hpp"

namespace saccade {

/// What a change of an option's value changes.
enum class Affects {
  kModel,   ///< what the model is: its file says so
  kResult,  ///< what a training comes to: a killed one goes on only with the same value
  kNothing  ///< neither: where things are written, how fast, what is printed
};

/// The numbers that an option takes, both ends included.
struct Range {
  double low;
  double high;
};

/// One option as seen by those who go through them: the command line, its help, the documentation, the model file and
/// the signature of a training.
struct Field {
  enum class Type { kFlag, kWhole, kReal, kText };

  std::string name;         ///< as on the command line: words joined by hyphens
  std::string help;         ///< a phrase that begins with a capital and ends with a full stop
  std::string placeholder;  ///< what help calls its value: N, X, NAME, FILE ...; empty for a flag
  Affects affects = Affects::kNothing;
  Type type = Type::kText;
  std::vector<std::string> choices;  ///< the only values there are; empty: any

  std::function<std::string()> text;             ///< the value
  std::function<void(const std::string&)> take;  ///< sets the value; throws Error saying what it must be
};

/// Collects the options that structs declare, each in a member function `void fields(Fields& f)`:
///
///     struct LstmOptions {
///       std::int64_t hidden = 480;
///       void fields(Fields& f) { f(hidden, "hidden", Range{1, 8192}, "Width of the LSTM's state.", Affects::kModel); }
///     };
class Fields {
 public:
  /// A number. The value that stands there is the default.
  template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>>>
  void operator()(Number& value, std::string name, Range range, std::string help, Affects affects) {
    if constexpr (std::is_floating_point_v<Number>) {
      add_real(
          std::move(name), range, std::move(help), affects, [&value] { return static_cast<double>(value); },
          [&value](double number) { value = static_cast<Number>(number); });
    } else {
      add_whole(
          std::move(name), range, std::move(help), affects, [&value] { return static_cast<std::int64_t>(value); },
          [&value](std::int64_t number) { value = static_cast<Number>(number); });
    }
  }

  /// A switch, off unless it is given.
  void operator()(bool& value, std::string name, std::string help, Affects affects);

  /// Free text, for which help says `placeholder`.
  void operator()(std::string& value, std::string name, const char* placeholder, std::string help, Affects affects);
  void operator()(std::filesystem::path& value, std::string name, const char* placeholder, std::string help,
                  Affects affects);

  /// One of some names.
  void operator()(std::string& value, std::string name, std::vector<std::string> choices, std::string help,
                  Affects affects);

  /// One of a registry's things, by its name. Things must be comparable.
  template <typename Thing>
  void operator()(Thing& value, std::string name, const Registry<Thing>& registry, std::string help, Affects affects) {
    add_choice(
        std::move(name), registry.names(), std::move(help), affects,
        [&value, &registry] { return registry.name_of(value); },
        [&value, &registry](const std::string& text) { value = registry.at(text); });
  }

  const std::vector<Field>& all() const { return fields_; }

 private:
  void add_whole(std::string name, Range range, std::string help, Affects affects, std::function<std::int64_t()> get,
                 const std::function<void(std::int64_t)>& set);
  void add_real(std::string name, Range range, std::string help, Affects affects, std::function<double()> get,
                const std::function<void(double)>& set);
  void add_choice(std::string name, std::vector<std::string> choices, std::string help, Affects affects,
                  std::function<std::string()> get, const std::function<void(const std::string&)>& set);

  std::vector<Field> fields_;
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
