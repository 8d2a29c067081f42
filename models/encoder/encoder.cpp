#include "models/encoder/encoder.hpp"

namespace saccade::models {

Encoder::Encoder(const EncoderShape& shape, const LoadOptions& options) : shape_(shape) {
  require_input_size(shape.backbone, shape.input_size);
  if (shape_.map == FeatureMap::kAuto) shape_.map = backbones().at(shape.backbone).map;
  backbone_ = register_module("backbone", make_backbone(shape, options));
  backbone_->complete(shape_);
}

void Encoder::load_file(const std::filesystem::path& file) {
  backbone_->load_file(file);
  backbone_->complete(shape_);
}

torch::Tensor Encoder::forward(const torch::Tensor& pixels) {
  // [N, S, S, 3] viewed as [N, 3, S, S] is already channels-last, the fastest layout for the convolutions.
  const torch::Tensor map = backbone_->forward(pixels.permute({0, 3, 1, 2}));
  return map.permute({0, 2, 3, 1}).reshape({map.size(0), grid().cells(), map.size(1)});
}

void Encoder::resize(int input_size) {
  require_input_size(shape_.backbone, input_size);
  backbone_->resize(input_size);
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
  if (backbone_->rounds()) fingerprint.add("bfloat16");
  auto tensors = parameters();
  if (backbone_->program().defined()) tensors.push_back(backbone_->program());
  for (const auto& tensor : tensors) {
    const torch::Tensor plain = tensor.detach().to(torch::kCPU).contiguous();
    fingerprint.add({static_cast<const char*>(plain.data_ptr()), plain.nbytes()});
  }
}

}  // namespace saccade::models
