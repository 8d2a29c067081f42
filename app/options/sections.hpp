#pragma once

#include <string>
#include <vector>

#include "core/base/fields.hpp"

namespace saccade::app {

/// A help heading and its options.
struct Section {
  std::string heading;
  std::vector<Field> options;
};

/// Options by heading, in order of first use. They point into the fields.
std::vector<Section> sections_of(const Fields& fields);

}  // namespace saccade::app
