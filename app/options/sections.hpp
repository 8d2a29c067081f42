#pragma once

#include <string>
#include <vector>

#include "core/base/fields.hpp"

namespace saccade::app {

/// A heading of the help, and the options below it.
struct Section {
  std::string heading;
  std::vector<Field> options;
};

/// The options by their headings, in the order of each heading's first option. They point to where the fields do.
std::vector<Section> sections_of(const Fields& fields);

}  // namespace saccade::app
