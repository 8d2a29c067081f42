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
  std::string backbone = "efficientnet-lite2";  ///< a name of models/encoder/backbone.hpp
  FeatureMap map = FeatureMap::kStride32;
  int input_size = 224;  ///< side of the square input, a multiple of 32

  void fields(Fields& f);
};

/// From pixels to annotation vectors: a backbone whose feature map is read as a grid of cells, row by row.
class Encoder : public torch::nn::Module {
 public:
  /// Throws Error when the backbone is unknown or the input size is not a positive multiple of 32 (at most 1024).
  explicit Encoder(const EncoderShape& shape, const LoadOptions& options = {});

  /// pixels [N, S, S, 3], normalized, channels last as vision::preprocess makes them -> annotations [N, L, D].
  torch::Tensor forward(const torch::Tensor& pixels);

  const EncoderShape& shape() const { return shape_; }
  Grid grid() const { return backbone_->grid(shape_.input_size); }
  /// From now on pictures of another size are seen, through the same weights: there are more cells, or fewer. Throws
  /// Error as the constructor does. Not for a TorchScript program, which knows one size alone.
  void resize(int input_size);
  /// How the backbone wants pictures prepared.
  vision::Preprocessing preprocessing() const;
  std::int64_t annotation_width() const { return backbone_->channels(); }
  Backbone& backbone() { return *backbone_; }

  /// Lays the convolutions' weights out as the images are, which spares a conversion at every call.
  void channels_last();

  /// Adds all that its annotations depend on.
  void add_to(Fingerprint& fingerprint) const;

 private:
  EncoderShape shape_;
  std::shared_ptr<Backbone> backbone_;
};

}  // namespace saccade::models
