#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "core/base/error.hpp"

namespace saccade {

/// Named objects of one kind.
template <typename Thing>
class Registry {
 public:
  using value_type = Thing;

  /// `kind`: name of an entry in messages.
  Registry(const char* kind, std::vector<std::pair<std::string, Thing>> entries)
      : kind_(kind), entries_(std::move(entries)) {}

  /// An empty registry.
  explicit Registry(const char* kind) : kind_(kind) {}

  void add(std::string name, Thing thing) { entries_.emplace_back(std::move(name), std::move(thing)); }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : entries_) names.push_back(entry.first);
    return names;
  }

  /// Throws Error with the list of names if the name is unknown.
  const Thing& at(const std::string& name) const {
    for (const auto& entry : entries_) {
      if (entry.first == name) return entry.second;
    }
    throw Error("there is no {} '{}'; choose one of {}", kind_, name, fmt::join(names(), ", "));
  }

  /// The name of an entry.
  std::string name_of(const Thing& thing) const {
    for (const auto& entry : entries_) {
      if (entry.second == thing) return entry.first;
    }
    return {};
  }

 private:
  const char* kind_;
  std::vector<std::pair<std::string, Thing>> entries_;
};

}  // namespace saccade
