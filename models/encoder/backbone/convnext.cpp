#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "models/encoder/backbone.hpp"
#include "models/encoder/naming.hpp"
#include "models/encoder/published_config.hpp"
#include "models/kernels/initialization.hpp"
#include "models/weights/weights_file.hpp"

// ConvNeXt (Liu et al. 2022). The feature map is the output of the last stage, before the LayerNorm of the
// classifier. At stride 16, the network ends after the third stage. At 16-full, the last downsampling keeps all
// positions, and the kernels of the last stage are dilated, so that their weights see the same offsets as in training.

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr std::size_t kStages = 4;
constexpr std::int64_t kStemKernel = 4;
constexpr std::int64_t kBlockKernel = 7;
constexpr double kEpsilon = 1e-6;

Tensor new_weight(std::vector<std::int64_t> sizes) {
  std::int64_t rest = 1;
  for (std::size_t i = 1; i < sizes.size(); ++i) rest *= sizes[i];
  const Tensor weight =
      NoInitialization::active() ? NoInitialization::empty(sizes[0], rest) : torch::zeros({sizes[0], rest});
  return weight.view(sizes);
}

/// LayerNorm over the channels of x [B, R, C, D].
Tensor normalized(const Tensor& x, const Tensor& gain, const Tensor& bias) {
  return at::layer_norm(x, {x.size(-1)}, gain, bias, kEpsilon);
}

/// x + g W_2 gelu(W_1 norm(depthwise(x))), x [B, R, C, D].
class Block : public torch::nn::Module {
 public:
  Block(std::int64_t width, std::int64_t dilation) : dilation_(dilation) {
    depthwise = register_parameter("depthwise", new_weight({width, 1, kBlockKernel, kBlockKernel}));
    depthwise_bias = register_parameter("depthwise_bias", new_weight({width}));
    norm = register_parameter("norm", new_weight({width}));
    norm_bias = register_parameter("norm_bias", new_weight({width}));
    in = register_parameter("in", new_weight({4 * width, width}));
    in_bias = register_parameter("in_bias", new_weight({4 * width}));
    out = register_parameter("out", new_weight({width, 4 * width}));
    out_bias = register_parameter("out_bias", new_weight({width}));
    gain = register_parameter("gain", new_weight({width}));
  }

  Tensor forward(const Tensor& x, Precision precision) const {
    const std::int64_t padding = dilation_ * (kBlockKernel / 2);
    const Tensor mixed = at::conv2d(x.permute({0, 3, 1, 2}), depthwise, depthwise_bias, 1, padding, dilation_,
                                    /*groups=*/depthwise.size(0));
    const Tensor hidden =
        at::gelu(linear(normalized(mixed.permute({0, 2, 3, 1}), norm, norm_bias), in, in_bias, precision));
    return x + gain * linear(hidden, out, out_bias, precision);
  }

  Tensor depthwise, depthwise_bias, norm, norm_bias, in, in_bias, out, out_bias, gain;

 private:
  std::int64_t dilation_;
};

/// A convolution, whose kernel size is its stride unless the stride was removed, with a LayerNorm before or after it.
class Downsampling : public torch::nn::Module {
 public:
  Downsampling(std::int64_t in, std::int64_t out, std::int64_t kernel, bool strides) : strides_(strides) {
    convolution = register_parameter("convolution", new_weight({out, in, kernel, kernel}));
    convolution_bias = register_parameter("convolution_bias", new_weight({out}));
    const std::int64_t normed = kernel == kStemKernel ? out : in;
    norm = register_parameter("norm", new_weight({normed}));
    norm_bias = register_parameter("norm_bias", new_weight({normed}));
  }

  Tensor forward(const Tensor& x) const {
    Tensor map = x.permute({0, 3, 1, 2});
    const std::int64_t kernel = convolution.size(2);
    if (!strides_) map = at::constant_pad_nd(map, {0, kernel - 1, 0, kernel - 1});
    return at::conv2d(map, convolution, convolution_bias, strides_ ? kernel : 1).permute({0, 2, 3, 1});
  }

  Tensor convolution, convolution_bias, norm, norm_bias;

 private:
  bool strides_;
};

class ConvNext : public Backbone {
 public:
  ConvNext(std::int64_t width, std::int64_t third_stage, const EncoderShape& shape)
      : name_(shape.backbone), map_(shape.map), choice_(shape.normalization) {
    if (map_ == FeatureMap::kExpandedStride16) {
      throw Error("a ConvNeXt has no expansion before its last stride: choose 16, 16-full or 32");
    }
    if (shape.width != 0) width = shape.width;
    if (shape.blocks != 0) third_stage = shape.blocks;
    normalization_ = pixel_normalization(choice_);
    const std::array<std::int64_t, kStages> depths{3, 3, third_stage, 3};
    const std::size_t stages = map_ == FeatureMap::kStride16 ? kStages - 1 : kStages;
    for (std::size_t stage = 0; stage < kStages; ++stage) {
      const bool last = stage + 1 == kStages;
      const bool dilated = last && map_ == FeatureMap::kFullStride16;
      const std::int64_t out = width << stage;
      auto downsampling = std::make_shared<Downsampling>(stage == 0 ? 3 : out / 2, out, stage == 0 ? kStemKernel : 2,
                                                         /*strides=*/!dilated);
      std::vector<std::shared_ptr<Block>> blocks;
      for (std::int64_t i = 0; i < depths[stage]; ++i) blocks.push_back(std::make_shared<Block>(out, dilated ? 2 : 1));
      if (stage < stages) {
        register_module(fmt::format("downsampling{}", stage), downsampling);
        for (std::size_t i = 0; i < blocks.size(); ++i) register_module(fmt::format("stage{}_{}", stage, i), blocks[i]);
        channels_ = out;
      }
      downsamplings_.push_back(std::move(downsampling));
      blocks_.push_back(std::move(blocks));
    }
    used_ = stages;
  }

  Tensor forward(Tensor images) override {
    Tensor x = images.permute({0, 2, 3, 1}).contiguous();
    for (std::size_t stage = 0; stage < used_; ++stage) {
      const Downsampling& d = *downsamplings_[stage];
      if (stage > 0) x = normalized(x, d.norm, d.norm_bias);
      x = d.forward(x);
      if (stage == 0) x = normalized(x, d.norm, d.norm_bias);
      for (const auto& block : blocks_[stage]) x = block->forward(x, precision_);
    }
    return x.permute({0, 3, 1, 2});
  }

  std::int64_t channels() const override { return channels_; }

  /// Each kernel is centered on the tile of its cell. Only the last downsampling without stride covers the tile and the
  /// next one.
  Grid grid(int input_size) const override {
    const int stride = stride_of(map_);
    const double center = (stride - 1) / 2.0 + (map_ == FeatureMap::kFullStride16 ? stride / 2.0 : 0);
    return grid_of(input_size, map_, center);
  }

  PixelNormalization normalization() const override { return normalization_; }

  void load_file(const std::filesystem::path& file) override {
    const PublishedConfig config = published_config(file);
    if (choice_ == Normalization::kAuto && config.normalization) normalization_ = *config.normalization;
    load_published(read_weights(file), file.string());
  }

  void load_published(const StateDict& weights, const std::string& file) override {
    load_by_name({timm(), torchvision()}, weights, name_, file);
  }

  void set_precision(Precision precision) override { precision_ = precision; }
  bool rounds() const override { return precision_ != Precision::kFloat32; }

  /// The stem, then a stage with the downsampling before it, four or, at stride 16, three times.
  std::vector<std::vector<Tensor>> stages() override {
    std::vector<std::vector<Tensor>> parts;
    for (std::size_t stage = 0; stage < used_; ++stage) {
      parts.push_back(downsamplings_[stage]->parameters());
      if (stage == 0) parts.emplace_back();
      for (const auto& block : blocks_[stage]) {
        for (const auto& parameter : block->parameters()) parts.back().push_back(parameter);
      }
    }
    return parts;
  }

 private:
  static void add(NamingScheme& scheme, const std::string& name, const Tensor& weight, const Tensor& bias,
                  std::vector<std::int64_t> shape = {}) {
    if (shape.empty()) shape = weight.sizes().vec();
    scheme.tensors.push_back({name + ".weight", std::move(shape), into(weight)});
    scheme.tensors.push_back({name + ".bias", bias.sizes().vec(), into(bias)});
  }

  NamingScheme timm() const {
    NamingScheme scheme;
    scheme.name = "timm";
    scheme.ignored = {"head."};
    for (std::size_t stage = 0; stage < kStages; ++stage) {
      const Downsampling& d = *downsamplings_[stage];
      const std::string before = stage == 0 ? "stem." : fmt::format("stages.{}.downsample.", stage);
      add(scheme, before + (stage == 0 ? "0" : "1"), d.convolution, d.convolution_bias);
      add(scheme, before + (stage == 0 ? "1" : "0"), d.norm, d.norm_bias);
      for (std::size_t i = 0; i < blocks_[stage].size(); ++i) {
        const Block& block = *blocks_[stage][i];
        const std::string prefix = fmt::format("stages.{}.blocks.{}.", stage, i);
        add(scheme, prefix + "conv_dw", block.depthwise, block.depthwise_bias);
        add(scheme, prefix + "norm", block.norm, block.norm_bias);
        add(scheme, prefix + "mlp.fc1", block.in, block.in_bias);
        add(scheme, prefix + "mlp.fc2", block.out, block.out_bias);
        scheme.tensors.push_back({prefix + "gamma", block.gain.sizes().vec(), into(block.gain)});
      }
    }
    return scheme;
  }

  NamingScheme torchvision() const {
    NamingScheme scheme;
    scheme.name = "torchvision";
    scheme.ignored = {"classifier."};
    for (std::size_t stage = 0; stage < kStages; ++stage) {
      const Downsampling& d = *downsamplings_[stage];
      add(scheme, fmt::format("features.{}.{}", 2 * stage, stage == 0 ? 0 : 1), d.convolution, d.convolution_bias);
      add(scheme, fmt::format("features.{}.{}", 2 * stage, stage == 0 ? 1 : 0), d.norm, d.norm_bias);
      for (std::size_t i = 0; i < blocks_[stage].size(); ++i) {
        const Block& block = *blocks_[stage][i];
        const std::string prefix = fmt::format("features.{}.{}.", 2 * stage + 1, i);
        add(scheme, prefix + "block.0", block.depthwise, block.depthwise_bias);
        add(scheme, prefix + "block.2", block.norm, block.norm_bias);
        add(scheme, prefix + "block.3", block.in, block.in_bias);
        add(scheme, prefix + "block.5", block.out, block.out_bias);
        scheme.tensors.push_back({prefix + "layer_scale", {block.gain.size(0), 1, 1}, into(block.gain)});
      }
    }
    return scheme;
  }

  std::string name_;
  FeatureMap map_;
  Normalization choice_;
  PixelNormalization normalization_{};
  Precision precision_ = Precision::kFloat32;
  std::int64_t channels_ = 0;
  std::size_t used_ = 0;  // number of computed stages; files must have all of them
  std::vector<std::shared_ptr<Downsampling>> downsamplings_;
  std::vector<std::vector<std::shared_ptr<Block>>> blocks_;
};

}  // namespace

void register_convnext(BackboneRegistry& registry) {
  const auto add = [&registry](const char* name, std::int64_t width, std::int64_t third_stage) {
    BackboneKind kind;
    kind.make = [width, third_stage](const EncoderShape& shape, const LoadOptions& /*weights only*/) {
      return std::make_shared<ConvNext>(width, third_stage, shape);
    };
    kind.options = {"normalization", "backbone-width", "backbone-blocks"};
    registry.add(name, std::move(kind));
  };
  add("convnext-tiny", 96, 9);
  add("convnext-small", 96, 27);
  add("convnext-base", 128, 27);
}

}  // namespace saccade::models
