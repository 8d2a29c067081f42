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
  kStride32,  ///< a convolutional network's last one: 7 x 7 cells at 224
  kStride16,  ///< the last one at stride 16: 14 x 14 cells at 224, narrower channels
  /// The expansion of that map by the block that goes on to stride 32: six times as wide. EfficientNets alone have one.
  kExpandedStride16,
  /// The last one of the whole network with its last stride left out (its weights are used as they are): 14 x 14 cells
  /// at 224. Of an EfficientNet the bottleneck of the last stage, without the head.
  kFullStride16,
  kAuto  ///< stride 32 of a convolutional network; the patches of a vision transformer
};

/// Input pixels per grid cell along one side of a convolutional network; kAuto: as kStride32.
int stride_of(FeatureMap map);

/// By that number: 16, 32; 16-expanded, 16-full; auto.
const Registry<FeatureMap>& feature_maps();

/// The activation between the two linear layers of a Transformer's block.
enum class Activation {
  kAuto,      ///< what the weights' file or its config says, else the family's
  kGelu,      ///< x Phi(x), exact
  kQuickGelu  ///< x sigmoid(1.702 x), with which OpenAI trained CLIP
};

const Registry<Activation>& activations();

/// By what mean and standard deviation pixels are normalized.
enum class Normalization {
  kAuto,      ///< what the config beside the weights' file says, else the family's
  kImageNet,  ///< mean (0.485, 0.456, 0.406), deviation (0.229, 0.224, 0.225)
  kClip,      ///< mean (0.48145466, 0.4578275, 0.40821073), deviation (0.26862954, 0.26130258, 0.27577711)
  kHalf       ///< mean and deviation 0.5
};

const Registry<Normalization>& normalizations();

/// What a network wants done to each pixel: value = (pixel - mean) * scale of red, green and blue, pixels 0..255.
struct PixelNormalization {
  std::array<float, 3> mean;
  std::array<float, 3> scale;
};

/// The same from mean and standard deviation of pixels from 0 to 1.
PixelNormalization pixel_normalization(const std::array<double, 3>& mean, const std::array<double, 3>& deviation);

/// Of one that is not kAuto.
PixelNormalization pixel_normalization(Normalization normalization);

/// ImageNet's, with which torchvision's networks are trained.
PixelNormalization imagenet_normalization();

/// The grid of a network whose first cell sees a field of the input that is centered on pixel `first_center`, counted
/// from 0 and the same across and down. Cells follow at every `stride_of(map)` pixels.
Grid grid_of(int input_size, FeatureMap map, double first_center);

/// Which encoder: a backbone by its name, and what can be chosen of it.
struct EncoderShape {
  std::string backbone = "efficientnet-lite2";
  FeatureMap map = FeatureMap::kAuto;
  int input_size = 224;  ///< side of the square input, a multiple of the backbone's stride or patch
  // Not every backbone has a choice of these (BackboneKind::options).
  bool class_token = false;  ///< append a vision transformer's class token to every annotation
  Activation activation = Activation::kAuto;
  Normalization normalization = Normalization::kAuto;
  int width = 0;   ///< another than the named backbone's: of the tokens, or of the first stage; 0: the named one's
  int blocks = 0;  ///< likewise: of the transformer, or of the third stage

  void fields(Fields& f);
  /// Those that the backbone has a choice of.
  void chosen_fields(Fields& f);
};

/// What opening a file may do beyond reading it.
struct LoadOptions {
  bool trust_torchscript = false;  ///< run the code of a TorchScript file; without it such a file is refused
};

/// A network without its classifier. In the convolutional networks of this project batch normalization is folded into
/// the convolutions, so that they are convolutions with biases and nothing else: faster, and frozen statistics by
/// construction when they are fine-tuned.
class Backbone : public torch::nn::Module {
 public:
  /// images [B, 3, S, S], normalized, S a multiple of BackboneKind::multiple -> feature map [B, D, R, C], the rows and
  /// columns of `grid(S)`.
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

  /// Replaces what the shape leaves to the weights' file (kAuto) by what was found there.
  virtual void complete(EncoderShape& /*shape*/) const {}

  /// Prepares it for images of another size: positions that it has learned are interpolated.
  virtual void resize(int /*input_size*/) {}

  /// The number format of the large matrix products; ignored where there are none.
  virtual void set_precision(Precision /*precision*/) {}

  /// Whether it computes in another format than float32.
  virtual bool rounds() const { return false; }

  /// The parts in order of computation, each a list of its parameters: what fine-tuning thaws from the end. None: it
  /// cannot be fine-tuned.
  virtual std::vector<std::vector<torch::Tensor>> stages() = 0;

  /// The bytes [N] of the program that a backbone without weights of its own runs; undefined for all others.
  virtual torch::Tensor program() const { return {}; }
};

/// What the bytes of a program go by among tensors.
constexpr const char* kProgramTensor = "torchscript";

/// Makes a backbone with untrained weights. Throws Error when it has no such feature map.
using BackboneMaker = std::function<std::shared_ptr<Backbone>(const EncoderShape& shape, const LoadOptions& options)>;

struct BackboneKind {
  BackboneMaker make;
  int multiple = 32;                       ///< input sizes are multiples of this
  std::vector<std::string> options = {};   ///< names of the options of EncoderShape that it has beyond the first three
  FeatureMap map = FeatureMap::kStride32;  ///< what kAuto stands for
};
using BackboneRegistry = Registry<BackboneKind>;

/// Calls the registering function of every file in models/encoder/backbone (see cmake/registrations.cmake).
void register_all(BackboneRegistry& registry);

/// All backbones by their names.
const BackboneRegistry& backbones();

/// The names `make_backbone` knows.
std::vector<std::string> backbone_names();

constexpr int kLargestInput = 1024;

/// Throws Error unless the backbone takes pictures of this size: a multiple of its own, at most kLargestInput.
void require_input_size(const std::string& backbone, int size);

/// A backbone with untrained weights. Throws Error naming the choices when the name is unknown, and when something is
/// chosen that it has no choice of.
std::shared_ptr<Backbone> make_backbone(const EncoderShape& shape, const LoadOptions& options = {});
std::shared_ptr<Backbone> make_backbone(const std::string& name, FeatureMap map, int input_size = 224,
                                        const LoadOptions& options = {});

}  // namespace saccade::models
