#include "models/encoder/backbone.hpp"

#include <cstddef>

#include "models/weights/weights_file.hpp"

namespace saccade::models {

int stride_of(FeatureMap map) {
  return map == FeatureMap::kStride32 ? 32 : 16;
}

const Registry<FeatureMap>& feature_maps() {
  static const Registry<FeatureMap> registry("stride", {{"16", FeatureMap::kStride16},
                                                        {"16-expanded", FeatureMap::kExpandedStride16},
                                                        {"16-full", FeatureMap::kFullStride16},
                                                        {"32", FeatureMap::kStride32}});
  return registry;
}

PixelNormalization imagenet_normalization() {
  constexpr std::array<double, 3> kMean{0.485, 0.456, 0.406};
  constexpr std::array<double, 3> kDeviation{0.229, 0.224, 0.225};
  PixelNormalization normalization{};
  for (std::size_t color = 0; color < 3; ++color) {
    normalization.mean[color] = static_cast<float>(255 * kMean[color]);
    normalization.scale[color] = static_cast<float>(1 / (255 * kDeviation[color]));
  }
  return normalization;
}

Grid grid_of(int input_size, FeatureMap map, double first_center) {
  const int stride = stride_of(map);
  const int side = input_size / stride;
  return {side, side, (first_center + 0.5) / stride - 0.5};  // pixel p lies from p to p + 1: its middle is p + 0.5
}

void Backbone::load_file(const std::filesystem::path& file) {
  load_published(read_weights(file), file.string());
}

const BackboneRegistry& backbones() {
  static const BackboneRegistry registry = [] {
    BackboneRegistry all("backbone");
    register_all(all);
    return all;
  }();
  return registry;
}

std::vector<std::string> backbone_names() {
  return backbones().names();
}

std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map, int input_size,
                                        const LoadOptions& options) {
  return backbones().at(name)(map, input_size, options);
}

}  // namespace saccade::models
