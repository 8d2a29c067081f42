#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/registry.hpp"
#include "core/text/caption.hpp"
#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Which feature map becomes the annotation grid.
enum class FeatureMap {
  kStride32,  ///< the last one: 7 x 7 cells at 224
  kStride16,  ///< the last one at stride 16: 14 x 14 cells at 224, narrower channels
  /// What the block that goes on to stride 32 makes of that one first: its expansion, as wide as six of the narrow
  /// bottlenecks. Its cells see far less of the photo than the last map's.
  kExpandedStride16,
  /// That of the whole network with its last stride left out (its weights are used as they are): 14 x 14 cells at 224
  /// that know more than those of any stage at stride 16, and see less far than the last map's. Of an EfficientNet the
  /// bottleneck of the last stage, without the head.
  kFullStride16
};

/// Input pixels per grid cell along one side.
int stride_of(FeatureMap map);

/// By that number: 16, 32; 16-expanded, 16-full.
const Registry<FeatureMap>& feature_maps();

/// What a network wants done to each pixel: value = (pixel - mean) * scale of red, green and blue, pixels 0..255.
struct PixelNormalization {
  std::array<float, 3> mean;
  std::array<float, 3> scale;
};

/// ImageNet's mean and standard deviation, (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225) of pixels from 0 to 1, with
/// which torchvision's networks are trained.
PixelNormalization imagenet_normalization();

/// The grid of a network whose first cell sees a field of the input that is centered on pixel `first_center`, counted
/// from 0 and the same across and down. Cells follow at every `stride_of(map)` pixels.
Grid grid_of(int input_size, FeatureMap map, double first_center);

/// What opening a file may do beyond reading it.
struct LoadOptions {
  bool trust_torchscript = false;  ///< run the code of a TorchScript file; without it such a file is refused
};

/// A convolutional network without its classifier. In the networks of this project batch normalization is folded into
/// the convolutions, so that they are convolutions with biases and nothing else: faster, and frozen statistics by
/// construction when they are fine-tuned.
class Backbone : public torch::nn::Module {
 public:
  /// images [B, 3, S, S], normalized, S a multiple of 32 -> feature map [B, D, R, C], the rows and columns of
  /// `grid(S)`.
  virtual torch::Tensor forward(torch::Tensor images) = 0;

  /// D, the width of an annotation vector.
  virtual std::int64_t channels() const = 0;

  /// The cells that an input of this size gets, and where their receptive fields lie.
  virtual Grid grid(int input_size) const = 0;

  virtual PixelNormalization normalization() const = 0;

  /// Takes the weights as they were published, folding batch normalization. Throws Error naming every missing,
  /// unexpected or misshapen tensor of `file`. (A program takes the one tensor `kProgramTensor`.)
  virtual void load_published(const StateDict& weights, const std::string& file) = 0;

  /// The same from a file: whatever `read_weights` reads, unless the backbone is a program.
  virtual void load_file(const std::filesystem::path& file);

  /// The parts in order of computation, each a list of its parameters: what fine-tuning thaws from the end. None: it
  /// cannot be fine-tuned.
  virtual std::vector<std::vector<torch::Tensor>> stages() = 0;

  /// The bytes [N] of the program that a backbone without weights of its own runs; undefined for all others.
  virtual torch::Tensor program() const { return {}; }
};

/// What the bytes of a program go by among tensors.
constexpr const char* kProgramTensor = "torchscript";

/// Makes a backbone with untrained weights, for inputs of `input_size` pixels a side.
using BackboneMaker =
    std::function<std::shared_ptr<Backbone>(FeatureMap map, int input_size, const LoadOptions& options)>;
using BackboneRegistry = Registry<BackboneMaker>;

/// Calls the registering function of every file in models/encoder/backbone (see cmake/registrations.cmake).
void register_all(BackboneRegistry& registry);

/// All backbones by their names.
const BackboneRegistry& backbones();

/// The names `make_backbone` knows.
std::vector<std::string> backbone_names();

/// A backbone with untrained weights. Throws Error naming the choices when the name is unknown.
std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map, int input_size = 224,
                                        const LoadOptions& options = {});

}  // namespace saccade::models
