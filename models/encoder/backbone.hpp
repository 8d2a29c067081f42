#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/registry.hpp"
#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Which feature map becomes the annotation grid.
enum class FeatureMap {
  kStride32,  ///< the last one: 7 x 7 cells at 224
  kStride16   ///< the last one at stride 16: 14 x 14 cells at 224, narrower channels
};

/// Input pixels per grid cell along one side.
int stride_of(FeatureMap map);

/// By that number: 16, 32.
const Registry<FeatureMap>& feature_maps();

/// A convolutional network without its classifier. Batch normalisation is folded into the convolutions, so a backbone
/// is convolutions with biases and nothing else: faster, and frozen statistics by construction when it is fine-tuned.
class Backbone : public torch::nn::Module {
 public:
  /// images [B, 3, S, S], normalised, S a multiple of 32 -> feature map [B, D, S / stride, S / stride].
  virtual torch::Tensor forward(torch::Tensor images) = 0;

  /// D, the width of an annotation vector.
  virtual std::int64_t channels() const = 0;

  /// The pixel of the input, counted from 0 and the same across and down, on which the receptive field of the first
  /// cell is centred. Cells follow at every `stride_of` pixels.
  virtual double first_centre() const = 0;

  /// Takes the weights as they were published, folding batch normalisation (`w' = w g / sqrt(var + eps)`,
  /// `b' = b - mean g / sqrt(var + eps)`). Throws Error naming every missing, unexpected or misshapen tensor of `file`.
  virtual void load_published(const StateDict& weights, const std::string& file) = 0;

  /// The parts in order of computation, each a list of its parameters: what fine-tuning thaws from the end.
  virtual std::vector<std::vector<torch::Tensor>> stages() = 0;
};

/// What a backbone's own weights expect of the pixels: (pixel - mean) * scale, RGB, pixels 0..255.
struct PixelNormalisation {
  float mean = 127.0F;
  float scale = 1.0F / 128.0F;
};

/// The names `make_backbone` knows.
std::vector<std::string> backbone_names();

/// A backbone with untrained weights. Throws Error naming the choices when the name is unknown.
std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map);

}  // namespace saccade::models
