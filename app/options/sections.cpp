#include "app/options/sections.hpp"

#include <algorithm>

namespace saccade::app {

std::vector<Section> sections_of(const Fields& fields) {
  std::vector<Section> sections;
  for (const Field& field : fields.all()) {
    auto section = std::find_if(sections.begin(), sections.end(),
                                [&field](const Section& each) { return each.heading == field.section; });
    if (section == sections.end()) section = sections.insert(section, Section{field.section, {}});
    section->options.push_back(field);
  }
  return sections;
}

}  // namespace saccade::app
