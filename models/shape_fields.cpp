#include "models/shape_fields.hpp"

#include "core/base/registry.hpp"

namespace saccade::models {
namespace {

constexpr Range kWidth{1, 8192};

}  // namespace

void declare(Fields& f, EncoderShape& shape) {
  static const Registry<FeatureMap> strides("stride", {{"32", FeatureMap::kStride32}, {"16", FeatureMap::kStride16}});
  f(shape.backbone, "backbone", backbone_names(), "The convolutional network.", Affects::kModel);
  f(shape.map, "stride", strides, "Input pixels a grid cell.", Affects::kModel).placeholder = "N";
  f(shape.input_size, "input-size", Range{32, 1024}, "Side of the network's input in pixels, a multiple of 32.",
    Affects::kModel);
}

void declare(Fields& f, DecoderShape& shape) {
  f(shape.embedding, "embedding", kWidth, "Width of the word embedding.", Affects::kModel);
  f(shape.hidden, "hidden", kWidth, "Width of the LSTM's state.", Affects::kModel);
  f(shape.alignment_width, "alignment-width", kWidth, "Width of the space in which state and cells are aligned.",
    Affects::kModel);
  f(shape.alignment, "alignment", alignment_names(), "Alignment score: how well a cell fits what is said next.",
    Affects::kModel);
  f(shape.attention, "attention", attention_names(), "Attention: what of the cells a word sees.", Affects::kModel);
}

}  // namespace saccade::models
