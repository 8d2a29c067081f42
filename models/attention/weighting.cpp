#include "models/attention/weighting.hpp"

namespace saccade::models {

const WeightingRegistry& weighting_registry() {
  static const WeightingRegistry registry = [] {
    WeightingRegistry all("weighting");
    register_all(all);
    return all;
  }();
  return registry;
}

}  // namespace saccade::models
