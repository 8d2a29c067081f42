#include "models/attention/alignment.hpp"

namespace saccade::models {

const AlignmentRegistry& alignment_registry() {
  static const AlignmentRegistry registry = [] {
    AlignmentRegistry all("alignment score");
    register_all(all);
    return all;
  }();
  return registry;
}

std::shared_ptr<AlignmentScore> make_alignment(const std::string& name, const AlignmentShape& shape) {
  return alignment_registry().at(name)(shape);
}

}  // namespace saccade::models
