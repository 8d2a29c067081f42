#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/fingerprint.hpp"
#include "core/text/caption.hpp"
#include "models/encoder/backbone.hpp"
#include "vision/input/preprocessing.hpp"

namespace saccade::models {

/// From pixels to annotation vectors: a backbone whose feature map is read as a grid of cells, row by row.
class Encoder : public torch::nn::Module {
 public:
  /// Throws Error when the backbone is unknown, or has no such input size (require_input_size) or choice. A stride that
  /// is kAuto becomes that of the backbone.
  explicit Encoder(const EncoderShape& shape, const LoadOptions& options = {});

  /// pixels: [N, S, S, 3], normalized and channels last as from vision::preprocess. Returns annotations [N, L, D].
  torch::Tensor forward(const torch::Tensor& pixels);

  const EncoderShape& shape() const { return shape_; }
  Grid grid() const { return backbone_->grid(shape_.input_size); }

  /// Takes the published weights in a file (Backbone::load_file), and what it says of the shape.
  void load_file(const std::filesystem::path& file);

  /// The number format of large matrix products from now on; at first float32. Convolutional networks ignore it.
  void set_precision(Precision precision) { backbone_->set_precision(precision); }

  /// From now on pictures of another size are seen, through the same weights: there are more cells, or fewer. Throws
  /// Error as the constructor does. Not for a TorchScript program, which knows one size alone.
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
