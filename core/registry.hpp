#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "core/error.hpp"

namespace saccade {

/// Things of one kind that go by their names.
template <typename Thing>
class Registry {
 public:
  /// `kind` is what messages call one of them.
  Registry(const char* kind, std::vector<std::pair<std::string, Thing>> entries)
      : kind_(kind), entries_(std::move(entries)) {}

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : entries_) names.push_back(entry.first);
    return names;
  }

  /// Throws Error naming the choices when the name is unknown.
  const Thing& at(const std::string& name) const {
    for (const auto& entry : entries_) {
      if (entry.first == name) return entry.second;
    }
    throw Error("there is no {} '{}'; choose one of {}", kind_, name, fmt::join(names(), ", "));
  }

 private:
  const char* kind_;
  std::vector<std::pair<std::string, Thing>> entries_;
};

}  // namespace saccade
