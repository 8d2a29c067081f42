#include "models/encoder/backbone.hpp"

#include <functional>

#include "core/base/registry.hpp"
#include "models/encoder/efficientnet_lite.hpp"

namespace saccade::models {
namespace {

using Maker = std::function<std::shared_ptr<Backbone>(FeatureMap)>;

/// The registry: a new backbone is a file of its own and a line here.
const Registry<Maker>& backbones() {
  static const Registry<Maker> registry(
      "backbone",
      {{"efficientnet-lite0", [](FeatureMap map) { return std::make_shared<EfficientNetLite>(1.0, 1.0, map); }},
       {"efficientnet-lite1", [](FeatureMap map) { return std::make_shared<EfficientNetLite>(1.0, 1.1, map); }},
       {"efficientnet-lite2", [](FeatureMap map) { return std::make_shared<EfficientNetLite>(1.1, 1.2, map); }}});
  return registry;
}

}  // namespace

int stride_of(FeatureMap map) {
  return map == FeatureMap::kStride32 ? 32 : 16;
}

const Registry<FeatureMap>& feature_maps() {
  static const Registry<FeatureMap> registry("stride", {{"16", FeatureMap::kStride16}, {"32", FeatureMap::kStride32}});
  return registry;
}

std::vector<std::string> backbone_names() {
  return backbones().names();
}

std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map) {
  return backbones().at(name)(map);
}

}  // namespace saccade::models
