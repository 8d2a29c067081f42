#include "models/encoder/encoder.hpp"

#include "core/base/error.hpp"

namespace saccade::models {
namespace {

constexpr int kLargestInput = 1024;

void require_input_size(int size) {
  if (size >= 32 && size <= kLargestInput && size % 32 == 0) return;
  throw Error("the input size must be a multiple of 32 from 32 to {}, not {}", kLargestInput, size);
}

}  // namespace

void EncoderShape::fields(Fields& f) {
  f(backbone, "backbone", backbone_names(), "Set the encoder network.", Affects::kModel);
  f(map, "stride", feature_maps(),
    "Set the stride of the feature map in pixels. 16-expanded reads the wider features of the expansion before the "
    "last stride of an EfficientNet. 16-full runs the whole network without its last stride.",
    Affects::kModel);
  f(input_size, "input-size", Range{32, kLargestInput}, "Resize images to N x N pixels. N must be a multiple of 32.",
    Affects::kModel);
}

Encoder::Encoder(const EncoderShape& shape, const LoadOptions& options) : shape_(shape) {
  require_input_size(shape.input_size);
  backbone_ = register_module("backbone", make_backbone(shape.backbone, shape.map, shape.input_size, options));
}

torch::Tensor Encoder::forward(const torch::Tensor& pixels) {
  // [N, S, S, 3] viewed as [N, 3, S, S] is already channels-last, the fastest layout for the convolutions.
  const torch::Tensor map = backbone_->forward(pixels.permute({0, 3, 1, 2}));
  return map.permute({0, 2, 3, 1}).reshape({map.size(0), grid().cells(), map.size(1)});
}

void Encoder::resize(int input_size) {
  require_input_size(input_size);
  shape_.input_size = input_size;
}

void Encoder::channels_last() {
  for (auto& parameter : parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.detach().contiguous(at::MemoryFormat::ChannelsLast));
  }
}

vision::Preprocessing Encoder::preprocessing() const {
  const PixelNormalization normalization = backbone_->normalization();
  return {shape_.input_size, normalization.mean, normalization.scale};
}

void Encoder::add_to(Fingerprint& fingerprint) const {
  auto tensors = parameters();
  if (backbone_->program().defined()) tensors.push_back(backbone_->program());
  for (const auto& tensor : tensors) {
    const torch::Tensor plain = tensor.detach().to(torch::kCPU).contiguous();
    fingerprint.add({static_cast<const char*>(plain.data_ptr()), plain.nbytes()});
  }
}

}  // namespace saccade::models
