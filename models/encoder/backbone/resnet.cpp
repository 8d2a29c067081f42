#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/encoder/backbone.hpp"
#include "models/encoder/folding.hpp"
#include "models/kernels/initialization.hpp"

// Residual networks (He et al. 2016, table 1) as torchvision publishes them, version 1.5: in a bottleneck the stride is
// on the 3 x 3 convolution. Every convolution pads evenly, by half its kernel.

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr double kNormalizationEpsilon = 1e-5;  // PyTorch's default, with which the weights were trained
constexpr std::int64_t kStemChannels = 64;
constexpr int kLayers = 4;
constexpr int kLayersAtStride16 = 3;

struct ResNetShape {
  int blocks[kLayers];
  bool bottleneck;
};

/// A convolution with a bias (the folded batch normalization) and no activation.
class Convolution : public torch::nn::Module {
 public:
  Convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride)
      : kernel_(kernel), stride_(stride) {
    weight = register_parameter("weight", zero_weight({out, in, kernel, kernel}));
    bias = register_parameter("bias", zero_weight({out}));
  }

  Tensor forward(const Tensor& x) const { return at::conv2d(x, weight, bias, stride_, kernel_ / 2); }

  Tensor weight;  ///< [out, in, kernel, kernel]
  Tensor bias;    ///< [out]

 private:
  std::int64_t kernel_;
  std::int64_t stride_;
};

/// y = relu(convolutions(x) + x): two of 3 x 3, or 1 x 1, 3 x 3 and 1 x 1 (a bottleneck, four times as wide at its
/// end). If the shapes of x and y differ, a 1 x 1 convolution is applied to x.
class ResidualBlock : public torch::nn::Module {
 public:
  /// `prefix`: prefix of the tensor names in published files.
  ResidualBlock(std::int64_t in, std::int64_t width, std::int64_t stride, bool bottleneck, const std::string& prefix,
                std::vector<FoldedConvolution>& published)
      : out_(bottleneck ? 4 * width : width) {
    const auto make = [&](const char* name, const std::string& convolution, const std::string& normalization,
                          std::int64_t from, std::int64_t to, std::int64_t kernel, std::int64_t step) {
      auto made = register_module(name, std::make_shared<Convolution>(from, to, kernel, step));
      published.push_back({prefix + convolution, prefix + normalization, made->weight, made->bias});
      return made;
    };
    if (bottleneck) {
      convolutions_ = {make("conv1", "conv1", "bn1", in, width, 1, 1),
                       make("conv2", "conv2", "bn2", width, width, 3, stride),
                       make("conv3", "conv3", "bn3", width, out_, 1, 1)};
    } else {
      convolutions_ = {make("conv1", "conv1", "bn1", in, width, 3, stride),
                       make("conv2", "conv2", "bn2", width, width, 3, 1)};
    }
    if (stride != 1 || in != out_) {
      downsample_ = make("downsample", "downsample.0", "downsample.1", in, out_, 1, stride);
    }
  }

  Tensor forward(const Tensor& x) const {
    Tensor y = convolutions_.front()->forward(x);
    for (std::size_t i = 1; i < convolutions_.size(); ++i) y = convolutions_[i]->forward(y.relu_());
    return y.add_(downsample_ ? downsample_->forward(x) : x).relu_();
  }

  std::int64_t out() const { return out_; }

 private:
  std::int64_t out_;
  std::vector<std::shared_ptr<Convolution>> convolutions_;
  std::shared_ptr<Convolution> downsample_;  ///< null if the shapes are equal
};

/// Reads state dicts of torchvision. The classifier `fc` may be missing or have any shape. At stride 16, the network
/// ends after `layer3`, but files must have `layer4`.
class ResNet : public Backbone {
 public:
  ResNet(const ResNetShape& shape, FeatureMap map) : map_(map) {
    if (map == FeatureMap::kExpandedStride16) {
      throw Error("a ResNet has no expansion before its last stride: choose 16, 16-full or 32");
    }
    stem_ = register_module("conv1", std::make_shared<Convolution>(3, kStemChannels, 7, 2));
    published_.push_back({"conv1", "bn1", stem_->weight, stem_->bias});
    const bool whole = map == FeatureMap::kStride32 || map == FeatureMap::kFullStride16;
    const int last = whole ? kLayers : kLayersAtStride16;
    std::int64_t in = kStemChannels;
    for (int layer = 1; layer <= kLayers; ++layer) {
      const std::int64_t width = kStemChannels << (layer - 1);
      std::vector<std::shared_ptr<ResidualBlock>> blocks;
      for (int number = 0; number < shape.blocks[layer - 1]; ++number) {
        const bool strides =
            number == 0 && layer > 1 && (map != FeatureMap::kFullStride16 || layer <= kLayersAtStride16);
        const std::int64_t stride = strides ? 2 : 1;
        auto block = std::make_shared<ResidualBlock>(in, width, stride, shape.bottleneck,
                                                     fmt::format("layer{}.{}.", layer, number), published_);
        if (layer <= last) register_module(fmt::format("layer{}_{}", layer, number), block);
        in = block->out();
        blocks.push_back(std::move(block));
      }
      if (layer <= last) {
        layers_.push_back(std::move(blocks));
        channels_ = in;
      }
    }
  }

  Tensor forward(Tensor images) override {
    Tensor x = stem_->forward(images.contiguous(at::MemoryFormat::ChannelsLast)).relu_();
    x = at::max_pool2d(x, 3, 2, 1);
    for (const auto& blocks : layers_) {
      for (const auto& block : blocks) x = block->forward(x);
    }
    return x;
  }

  std::int64_t channels() const override { return channels_; }

  /// With odd kernels of size k and padding (k - 1) / 2, the first cell is centered on the first pixel for any stride.
  Grid grid(int input_size) const override { return grid_of(input_size, map_, 0); }

  PixelNormalization normalization() const override { return imagenet_normalization(); }

  void load_published(const StateDict& weights, const std::string& file) override {
    load_folded(published_, weights, kNormalizationEpsilon, {}, {"fc.weight", "fc.bias"}, file);
  }

  /// The stem and the layers.
  std::vector<std::vector<Tensor>> stages() override {
    std::vector<std::vector<Tensor>> parts{stem_->parameters()};
    for (const auto& blocks : layers_) {
      auto& part = parts.emplace_back();
      for (const auto& block : blocks) {
        for (const auto& parameter : block->parameters()) part.push_back(parameter);
      }
    }
    return parts;
  }

 private:
  FeatureMap map_;
  std::int64_t channels_ = 0;
  std::shared_ptr<Convolution> stem_;
  std::vector<std::vector<std::shared_ptr<ResidualBlock>>> layers_;
  std::vector<FoldedConvolution> published_;  ///< the whole network, including unused parts
};

}  // namespace

void register_resnet(BackboneRegistry& registry) {
  const auto add = [&registry](const char* name, const ResNetShape& shape) {
    registry.add(name, {[shape](const EncoderShape& asked, const LoadOptions& /*weights only*/) {
                   return std::make_shared<ResNet>(shape, asked.map);
                 }});
  };
  add("resnet-18", {{2, 2, 2, 2}, false});
  add("resnet-34", {{3, 4, 6, 3}, false});
  add("resnet-50", {{3, 4, 6, 3}, true});
  add("resnet-101", {{3, 4, 23, 3}, true});
}

}  // namespace saccade::models
