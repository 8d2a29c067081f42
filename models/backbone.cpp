#include "models/backbone.hpp"

#include <functional>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "models/efficientnet_lite.hpp"

namespace saccade::models {
namespace {

using Maker = std::function<std::shared_ptr<Backbone>(FeatureMap)>;

/// The registry: a new backbone is a file of its own and a line here.
const std::vector<std::pair<std::string, Maker>>& registry() {
  static const std::vector<std::pair<std::string, Maker>> entries = {
      {"efficientnet-lite0", [](FeatureMap map) { return std::make_shared<EfficientNetLite>(1.0, 1.0, map); }},
      {"efficientnet-lite1", [](FeatureMap map) { return std::make_shared<EfficientNetLite>(1.0, 1.1, map); }},
      {"efficientnet-lite2", [](FeatureMap map) { return std::make_shared<EfficientNetLite>(1.1, 1.2, map); }},
  };
  return entries;
}

}  // namespace

int stride_of(FeatureMap map) {
  return map == FeatureMap::kStride32 ? 32 : 16;
}

std::vector<std::string> backbone_names() {
  std::vector<std::string> names;
  for (const auto& entry : registry()) names.push_back(entry.first);
  return names;
}

std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map) {
  for (const auto& entry : registry()) {
    if (entry.first == name) return entry.second(map);
  }
  throw Error("there is no backbone '{}'; choose one of {}", name, fmt::join(backbone_names(), ", "));
}

}  // namespace saccade::models
