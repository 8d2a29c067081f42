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

#include "core/base/fields.hpp"
#include "core/base/grid.hpp"
#include "core/base/registry.hpp"
#include "models/kernels/linear.hpp"
#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Which feature map becomes the annotation grid.
enum class FeatureMap {
  kStride32,  ///< the last map of a convolutional network: 7 x 7 cells at 224
  kStride16,  ///< the last map at stride 16: 14 x 14 cells at 224, fewer channels
  /// Expansion of the kStride16 map in the first block of stride 32, six times as wide. EfficientNets only.
  kExpandedStride16,
  /// The last map of the whole network without its last stride and with the same weights: 14 x 14 cells at 224. For
  /// an EfficientNet, the bottleneck of the last stage, without the head.
  kFullStride16,
  kAuto  ///< stride 32 of a convolutional network; the patches of a vision transformer
};

/// Input pixels per grid cell along one side of a convolutional network; kAuto: as kStride32.
int stride_of(FeatureMap map);

/// Feature maps by name: 16, 32, 16-expanded, 16-full, auto.
const Registry<FeatureMap>& feature_maps();

/// The activation between the two linear layers of a Transformer's block.
enum class Activation {
  kAuto,      ///< from the weights file or its config, otherwise that of the family
  kGelu,      ///< x Phi(x), exact
  kQuickGelu  ///< x sigmoid(1.702 x), with which OpenAI trained CLIP
};

const Registry<Activation>& activations();

/// Mean and standard deviation for the normalization of pixels.
enum class Normalization {
  kAuto,      ///< from the config next to the weights file, otherwise that of the family
  kImageNet,  ///< mean (0.485, 0.456, 0.406), deviation (0.229, 0.224, 0.225)
  kClip,      ///< mean (0.48145466, 0.4578275, 0.40821073), deviation (0.26862954, 0.26130258, 0.27577711)
  kHalf       ///< mean and deviation 0.5
};

const Registry<Normalization>& normalizations();

/// Normalization of pixels: value = (pixel - mean) * scale for red, green and blue, pixels from 0 to 255.
struct PixelNormalization {
  std::array<float, 3> mean;
  std::array<float, 3> scale;
};

/// From mean and standard deviation of pixels from 0 to 1.
PixelNormalization pixel_normalization(const std::array<double, 3>& mean, const std::array<double, 3>& deviation);

/// Values of a normalization other than kAuto.
PixelNormalization pixel_normalization(Normalization normalization);

/// Normalization of ImageNet, as in torchvision.
PixelNormalization imagenet_normalization();

/// Grid of a network. `first_center`: center of the receptive field of the first cell in input pixels from 0, in both
/// directions. Cells are `stride_of(map)` pixels apart.
Grid grid_of(int input_size, FeatureMap map, double first_center);

/// A backbone with its options.
struct EncoderShape {
  std::string backbone = "efficientnet-lite2";
  FeatureMap map = FeatureMap::kAuto;
  int input_size = 224;  ///< side of the square input, a multiple of the backbone's stride or patch
  // Only some backbones have these options (BackboneKind::options).
  bool class_token = false;  ///< append the class token of a vision transformer to each annotation
  Activation activation = Activation::kAuto;
  Normalization normalization = Normalization::kAuto;
  int width = 0;   ///< width of the tokens or of the first stage; 0: that of the named backbone
  int blocks = 0;  ///< blocks of the transformer or of the third stage; 0: as named

  void fields(Fields& f);
  /// The options of the backbone.
  void chosen_fields(Fields& f);
};

/// Permissions for opening a file.
struct LoadOptions {
  bool trust_torchscript = false;  ///< run the code in TorchScript files, which are otherwise rejected
};

/// A network without its classifier. Convolutional networks fold batch normalization into convolutions with biases,
/// which is faster and freezes the statistics in fine-tuning.
class Backbone : public torch::nn::Module {
 public:
  /// Computes the feature map [B, D, R, C] of normalized images [B, 3, S, S]. S is a multiple of
  /// BackboneKind::multiple; R and C are the rows and columns of `grid(S)`.
  virtual torch::Tensor forward(torch::Tensor images) = 0;

  /// D, the width of an annotation vector.
  virtual std::int64_t channels() const = 0;

  /// The grid for an input size, with the centers of the receptive fields.
  virtual Grid grid(int input_size) const = 0;

  virtual PixelNormalization normalization() const = 0;

  /// Loads published weights and folds batch normalization. Throws Error with all missing, unexpected or misshapen
  /// tensors of `file`. A TorchScript backbone loads the tensor `kProgramTensor`.
  virtual void load_published(const StateDict& weights, const std::string& file) = 0;

  /// The same from a file in any format of `read_weights`, or a TorchScript file.
  virtual void load_file(const std::filesystem::path& file);

  /// Replaces kAuto options by the values from the weights file.
  virtual void complete(EncoderShape& /*shape*/) const {}

  /// Adapts the network to another input size by interpolation of learned positions.
  virtual void resize(int /*input_size*/) {}

  /// Sets the number format of large matrix products, if any.
  virtual void set_precision(Precision /*precision*/) {}

  /// Whether the number format is not float32.
  virtual bool rounds() const { return false; }

  /// Parameters by stage, in order of computation. Fine-tuning unfreezes stages from the end. Empty if fine-tuning is
  /// not supported.
  virtual std::vector<std::vector<torch::Tensor>> stages() = 0;

  /// Bytes [N] of a TorchScript program; undefined for other backbones.
  virtual torch::Tensor program() const { return {}; }
};

/// Name of the tensor with the bytes of a TorchScript program.
constexpr const char* kProgramTensor = "torchscript";

/// Creates a backbone with untrained weights. Throws Error if it does not have this feature map.
using BackboneMaker = std::function<std::shared_ptr<Backbone>(const EncoderShape& shape, const LoadOptions& options)>;

struct BackboneKind {
  BackboneMaker make;
  int multiple = 32;                       ///< input sizes are multiples of this
  std::vector<std::string> options = {};   ///< names of its options in EncoderShape beyond the first three
  FeatureMap map = FeatureMap::kStride32;  ///< the map for kAuto
};
using BackboneRegistry = Registry<BackboneKind>;

/// Calls the registering function of every file in models/encoder/backbone (see cmake/registrations.cmake).
void register_all(BackboneRegistry& registry);

/// All backbones by name.
const BackboneRegistry& backbones();

/// The names for `make_backbone`.
std::vector<std::string> backbone_names();

constexpr int kLargestInput = 1024;

/// Throws Error unless the input size is a multiple of that of the backbone and at most kLargestInput.
void require_input_size(const std::string& backbone, int size);

/// Creates a backbone with untrained weights. Throws Error with the list of names if the name is unknown, and for
/// options that the backbone does not have.
std::shared_ptr<Backbone> make_backbone(const EncoderShape& shape, const LoadOptions& options = {});
std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map, int input_size = 224,
                                        const LoadOptions& options = {});

}  // namespace saccade::models
