#pragma once

#include <memory>
#include <string>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/fields.hpp"
#include "core/base/fingerprint.hpp"
#include "core/text/caption.hpp"
#include "models/encoder/backbone.hpp"
#include "vision/input/preprocessing.hpp"

namespace saccade::models {

struct EncoderShape {
  std::string backbone = "efficientnet-lite2";  ///< a name from backbone_names()
  FeatureMap map = FeatureMap::kStride32;
  int input_size = 224;  ///< side of the square input, a multiple of 32

  void fields(Fields& f);
};

/// Encodes images into annotations: the feature map of a backbone, as grid cells in row-major order.
class Encoder : public torch::nn::Module {
 public:
  /// Throws Error if the backbone is unknown or the input size is not a multiple of 32 up to 1024.
  explicit Encoder(const EncoderShape& shape, const LoadOptions& options = {});

  /// pixels: [N, S, S, 3], normalized and channels last as from vision::preprocess. Returns annotations [N, L, D].
  torch::Tensor forward(const torch::Tensor& pixels);

  const EncoderShape& shape() const { return shape_; }
  Grid grid() const { return backbone_->grid(shape_.input_size); }
  /// Changes the input size, and with it the number of cells; the weights stay. Throws Error like the constructor. Not
  /// supported by TorchScript programs.
  void resize(int input_size);
  /// The preprocessing that the backbone expects.
  vision::Preprocessing preprocessing() const;
  std::int64_t annotation_width() const { return backbone_->channels(); }
  Backbone& backbone() { return *backbone_; }

  /// Stores the convolution weights in the channels-last layout of the images, which avoids a conversion per call.
  void channels_last();

  /// Adds everything that the annotations depend on.
  void add_to(Fingerprint& fingerprint) const;

 private:
  EncoderShape shape_;
  std::shared_ptr<Backbone> backbone_;
};

}  // namespace saccade::models
