#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/base/fields.hpp"
#include "core/base/registry.hpp"

namespace saccade {

/// The options of one mechanism.
class MechanismOptions {
 public:
  virtual ~MechanismOptions() = default;
  virtual void fields(Fields& f) = 0;
  virtual std::shared_ptr<MechanismOptions> copy() const = 0;
};

/// Base of options with a copy function: `struct LocalOptions : OptionsOf<LocalOptions>`.
template <typename Self>
class OptionsOf : public MechanismOptions {
 public:
  std::shared_ptr<MechanismOptions> copy() const override {
    return std::make_shared<Self>(static_cast<const Self&>(*this));
  }
};

/// For mechanisms without options.
class NoOptions : public OptionsOf<NoOptions> {
 public:
  void fields(Fields& /*none*/) override {}
};

/// An entry of a registry of mechanisms: creates a Thing from its options and a Shape.
template <typename Thing, typename Shape>
struct Mechanism {
  std::shared_ptr<const MechanismOptions> defaults;
  std::function<std::shared_ptr<Thing>(const MechanismOptions&, const Shape&)> make;

  /// For a class with constructor `Made(options, shape)`, or `Made(shape)` without options.
  template <typename Made, typename Options = NoOptions>
  static Mechanism of() {
    return {std::make_shared<Options>(), [](const MechanismOptions& options, const Shape& shape) {
              if constexpr (std::is_same_v<Options, NoOptions>) {
                return std::make_shared<Made>(shape);
              } else {
                return std::make_shared<Made>(static_cast<const Options&>(options), shape);
              }
            }};
  }
};

/// The selected mechanism of a registry, with the options of all mechanisms, because the command line may set options
/// before the name.
template <typename Thing, typename Shape>
class Choice {
 public:
  using Mechanisms = Registry<Mechanism<Thing, Shape>>;

  /// `option`: its name on the command line.
  Choice(const Mechanisms& mechanisms, std::string option, std::string help, std::string name)
      : mechanisms_(&mechanisms), option_(std::move(option)), help_(std::move(help)), name_(std::move(name)) {
    for (const auto& each : mechanisms.names()) options_[each] = mechanisms.at(each).defaults->copy();
  }
  Choice(const Choice& other) { *this = other; }
  Choice& operator=(const Choice& other) {
    if (this == &other) return *this;
    mechanisms_ = other.mechanisms_, option_ = other.option_, help_ = other.help_, name_ = other.name_;
    options_.clear();
    for (const auto& [name, options] : other.options_) options_[name] = options->copy();
    return *this;
  }
  ~Choice() = default;

  const std::string& name() const { return name_; }
  /// Throws Error with the list of names if the name is unknown.
  void choose(const std::string& name) {
    mechanisms_->at(name);
    name_ = name;
  }

  /// The name, and the options of all mechanisms, for the command line.
  void fields(Fields& f) {
    f(name_, option_, mechanisms_->names(), help_, Affects::kModel);
    for (auto& each : options_) each.second->fields(f);
  }

  /// The name, and the options of the selected mechanism, for model files.
  void chosen_fields(Fields& f) {
    f(name_, option_, mechanisms_->names(), help_, Affects::kModel);
    options_.at(name_)->fields(f);
  }

  std::shared_ptr<Thing> make(const Shape& shape) const {
    return mechanisms_->at(name_).make(*options_.at(name_), shape);
  }

 private:
  const Mechanisms* mechanisms_ = nullptr;
  std::string option_, help_, name_;
  std::map<std::string, std::shared_ptr<MechanismOptions>> options_;
};

}  // namespace saccade
