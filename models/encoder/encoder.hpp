#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/fingerprint.hpp"
#include "core/base/grid.hpp"
#include "models/encoder/backbone.hpp"
#include "vision/input/preprocessing.hpp"

namespace saccade::models {

/// Encodes images into annotations: the feature map of a backbone, as grid cells in row-major order.
class Encoder : public torch::nn::Module {
 public:
  /// Throws Error if the backbone is unknown or does not support the input size (require_input_size) or an option.
  /// Replaces a stride of kAuto by that of the backbone.
  explicit Encoder(const EncoderShape& shape, const LoadOptions& options = {});

  /// pixels: [N, S, S, 3], normalized and channels last as from vision::preprocess. Returns annotations [N, L, D].
  torch::Tensor forward(const torch::Tensor& pixels);

  const EncoderShape& shape() const { return shape_; }
  Grid grid() const { return backbone_->grid(shape_.input_size); }

  /// Loads published weights (Backbone::load_file), and the options that are auto from the file or its config.
  void load_file(const std::filesystem::path& file);

  /// Sets the precision of large matrix products; float32 by default. EfficientNet and ResNet ignore it.
  void set_precision(Precision precision) { backbone_->set_precision(precision); }

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
