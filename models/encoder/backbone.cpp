#include "models/encoder/backbone.hpp"

#include <algorithm>
#include <cstddef>

#include "core/base/error.hpp"
#include "models/weights/weights_file.hpp"

namespace saccade::models {
namespace {

constexpr std::size_t kFieldsOfAll = 3;  // number of options in EncoderShape that all backbones have; they come first

bool has_option(const BackboneKind& kind, const std::string& name) {
  return std::find(kind.options.begin(), kind.options.end(), name) != kind.options.end();
}

}  // namespace

void EncoderShape::fields(Fields& f) {
  constexpr int kSmallestInput = 14;
  f(backbone, "backbone", backbone_names(), "Set the encoder network.", Affects::kModel);
  f(map, "stride", feature_maps(),
    "Set the stride of the feature map in pixels. auto is 32, or the patch size of a vision transformer. 16-expanded "
    "reads the wider features of the expansion before the last stride of an EfficientNet. 16-full runs the whole "
    "network without its last stride.",
    Affects::kModel);
  f(input_size, "input-size", Range{kSmallestInput, kLargestInput},
    "Resize images to N x N pixels. N must be a multiple of 32, or of the patch size of a vision transformer.",
    Affects::kModel);
  f(class_token, "class-token", "Append the class token of a vision transformer to every annotation.", Affects::kModel)
      .later = true;
  f(activation, "backbone-activation", activations(),
    "Set the activation of a CLIP model. auto reads it from the weights or the config file beside them; where neither "
    "has it, auto is quick-gelu for OpenAI and Hugging Face files and gelu for OpenCLIP files.",
    Affects::kModel)
      .later = true;
  f(normalization, "normalization", normalizations(),
    "Set mean and standard deviation of the input pixels. auto reads them from the config file beside the weights; "
    "where there is none, auto is that of the backbone.",
    Affects::kModel)
      .later = true;
  f(width, "backbone-width", Range{0, 2048},
    "Set the width of a vision transformer (a multiple of 64) or of the first stage of a ConvNeXt. 0 is the width of "
    "the named backbone.",
    Affects::kModel)
      .later = true;
  f(blocks, "backbone-blocks", Range{0, 64},
    "Set the number of blocks of a vision transformer or of the third stage of a ConvNeXt. 0 is the number of the "
    "named backbone.",
    Affects::kModel)
      .later = true;
}

void EncoderShape::chosen_fields(Fields& f) {
  const BackboneKind& kind = backbones().at(backbone);
  const Fields all = fields_of(*this);
  std::vector<std::string> without;
  for (std::size_t i = kFieldsOfAll; i < all.all().size(); ++i) {
    if (!has_option(kind, all.all()[i].name)) without.push_back(all.all()[i].name);
  }
  f.add_all_but(without, all);
}

int stride_of(FeatureMap map) {
  return map == FeatureMap::kStride32 || map == FeatureMap::kAuto ? 32 : 16;
}

const Registry<FeatureMap>& feature_maps() {
  static const Registry<FeatureMap> registry("stride", {{"16", FeatureMap::kStride16},
                                                        {"16-expanded", FeatureMap::kExpandedStride16},
                                                        {"16-full", FeatureMap::kFullStride16},
                                                        {"32", FeatureMap::kStride32},
                                                        {"auto", FeatureMap::kAuto}});
  return registry;
}

const Registry<Activation>& activations() {
  static const Registry<Activation> registry(
      "activation", {{"auto", Activation::kAuto}, {"gelu", Activation::kGelu}, {"quick-gelu", Activation::kQuickGelu}});
  return registry;
}

const Registry<Normalization>& normalizations() {
  static const Registry<Normalization> registry("normalization", {{"auto", Normalization::kAuto},
                                                                  {"imagenet", Normalization::kImageNet},
                                                                  {"clip", Normalization::kClip},
                                                                  {"half", Normalization::kHalf}});
  return registry;
}

PixelNormalization pixel_normalization(const std::array<double, 3>& mean, const std::array<double, 3>& deviation) {
  PixelNormalization normalization{};
  for (std::size_t color = 0; color < 3; ++color) {
    normalization.mean[color] = static_cast<float>(255 * mean[color]);
    normalization.scale[color] = static_cast<float>(1 / (255 * deviation[color]));
  }
  return normalization;
}

PixelNormalization pixel_normalization(Normalization normalization) {
  if (normalization == Normalization::kClip) {
    return pixel_normalization({0.48145466, 0.4578275, 0.40821073}, {0.26862954, 0.26130258, 0.27577711});
  }
  if (normalization == Normalization::kHalf) return pixel_normalization({0.5, 0.5, 0.5}, {0.5, 0.5, 0.5});
  return pixel_normalization({0.485, 0.456, 0.406}, {0.229, 0.224, 0.225});
}

PixelNormalization imagenet_normalization() {
  return pixel_normalization(Normalization::kImageNet);
}

Grid grid_of(int input_size, FeatureMap map, double first_center) {
  const int stride = stride_of(map);
  const int side = input_size / stride;
  return {side, side, (first_center + 0.5) / stride - 0.5};  // the center of pixel p is at p + 0.5
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

void require_input_size(const std::string& backbone, int size) {
  const int multiple = backbones().at(backbone).multiple;
  if (size >= multiple && size <= kLargestInput && size % multiple == 0) return;
  throw Error("the input size of {} must be a multiple of {} up to {}, not {}", backbone, multiple, kLargestInput,
              size);
}

std::shared_ptr<Backbone> make_backbone(const EncoderShape& shape, const LoadOptions& options) {
  const BackboneKind& kind = backbones().at(shape.backbone);
  EncoderShape asked = shape, plain;
  plain.backbone = shape.backbone;
  const Fields of_asked = fields_of(asked), of_plain = fields_of(plain);
  for (std::size_t i = kFieldsOfAll; i < of_asked.all().size(); ++i) {
    const Field& field = of_asked.all()[i];
    if (field.text() == of_plain.all()[i].text() || has_option(kind, field.name)) continue;
    throw Error("--{} {}: {} has no such choice; leave the option out", field.name, field.text(), shape.backbone);
  }
  if (asked.map == FeatureMap::kAuto) asked.map = kind.map;
  return kind.make(asked, options);
}

std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map, int input_size,
                                        const LoadOptions& options) {
  EncoderShape shape;
  shape.backbone = name;
  shape.map = map;
  shape.input_size = input_size;
  return make_backbone(shape, options);
}

}  // namespace saccade::models
