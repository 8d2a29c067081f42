#include "models/encoder/backbone/efficientnet_lite.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/base/error.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {
namespace {

constexpr double kNormalizationEpsilon = 1e-3;  // TensorFlow's default, with which the weights were trained
constexpr std::int64_t kStemChannels = 32;
constexpr std::int64_t kHeadChannels = 1280;
constexpr std::int64_t kImageNetClasses = 1000;

struct StageSpec {
  int repeats;
  std::int64_t kernel, stride, expansion, channels;
};

/// Stages of EfficientNet-B0 (Tan and Le 2019, table 1). Stage 4 is the last one at stride 16.
constexpr StageSpec kStages[] = {{1, 3, 1, 1, 16},  {2, 3, 2, 6, 24},  {2, 5, 2, 6, 40}, {3, 3, 2, 6, 80},
                                 {3, 5, 1, 6, 112}, {4, 5, 2, 6, 192}, {1, 3, 1, 6, 320}};
constexpr std::size_t kStageCount = std::size(kStages);
constexpr std::size_t kLastStageAtStride16 = 4;

/// Channels scaled by the width factor, rounded to a multiple of 8, never down by more than a tenth.
std::int64_t scaled_channels(std::int64_t channels, double width) {
  const double wanted = static_cast<double>(channels) * width;
  auto rounded = std::max<std::int64_t>(8, static_cast<std::int64_t>(wanted + 4) / 8 * 8);
  if (static_cast<double>(rounded) < 0.9 * wanted) rounded += 8;
  return rounded;
}

int scaled_repeats(std::size_t stage, double depth) {
  const bool fixed =
      stage == 0 || stage + 1 == kStageCount;  // the Lite variant does not scale the first and last stages
  return fixed ? kStages[stage].repeats : static_cast<int>(std::ceil(depth * kStages[stage].repeats));
}

}  // namespace

ConvolutionUnit::ConvolutionUnit(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, Kind kind,
                                 bool linear)
    : kernel_(kernel), stride_(stride), groups_(kind == Kind::kDepthwise ? in : 1), linear_(linear) {
  weight = register_parameter("weight", zero_weight({out, in / groups_, kernel, kernel}));
  bias = register_parameter("bias", zero_weight({out}));
}

std::pair<std::int64_t, std::int64_t> ConvolutionUnit::padding() const {
  const std::int64_t total = kernel_ - stride_;  // of an even size; at stride 1 of any
  return {total / 2, total - total / 2};
}

double ConvolutionUnit::first_center() const {
  return static_cast<double>(kernel_ - 1) / 2 - static_cast<double>(padding().first);
}

torch::Tensor ConvolutionUnit::forward(torch::Tensor x) const {
  const auto [before, after] = padding();
  if (before != after) x = at::constant_pad_nd(x, {before, after, before, after});
  x = at::conv2d(x, weight, bias, stride_, before == after ? before : 0, 1, groups_);
  return linear_ ? x : at::hardtanh_(x, 0, 6);
}

InvertedBottleneck::InvertedBottleneck(std::int64_t in, std::int64_t out, std::int64_t expansion, std::int64_t kernel,
                                       std::int64_t stride)
    : skip_(stride == 1 && in == out) {
  using Kind = ConvolutionUnit::Kind;
  const std::int64_t middle = in * expansion;
  if (expansion != 1) {
    expand = register_module("expand", std::make_shared<ConvolutionUnit>(in, middle, 1, 1, Kind::kFull, false));
  }
  depthwise = register_module(
      "depthwise", std::make_shared<ConvolutionUnit>(middle, middle, kernel, stride, Kind::kDepthwise, false));
  project = register_module("project", std::make_shared<ConvolutionUnit>(middle, out, 1, 1, Kind::kFull, true));
}

torch::Tensor InvertedBottleneck::forward(const torch::Tensor& x) const {
  torch::Tensor y = expand ? expand->forward(x) : x;
  y = project->forward(depthwise->forward(std::move(y)));
  return skip_ ? y.add_(x) : y;
}

EfficientNetLite::EfficientNetLite(double width, double depth, FeatureMap map) : map_(map) {
  using Kind = ConvolutionUnit::Kind;
  const bool whole = map == FeatureMap::kStride32 || map == FeatureMap::kFullStride16;
  const std::size_t last = whole ? kStageCount - 1 : kLastStageAtStride16;
  const bool expanded = map == FeatureMap::kExpandedStride16;
  stem_ = register_module("stem", std::make_shared<ConvolutionUnit>(3, kStemChannels, 3, 2, Kind::kFull, false));
  published_.push_back({"_conv_stem", "_bn0", stem_->weight, stem_->bias});

  first_center_ = stem_->first_center();
  auto jump = static_cast<double>(stem_->stride());  // pixels from cell to cell so far
  std::int64_t in = kStemChannels;
  int number = 0;
  for (std::size_t s = 0; s < kStageCount; ++s) {
    const StageSpec& spec = kStages[s];
    const std::int64_t out = scaled_channels(spec.channels, width);
    std::vector<std::shared_ptr<InvertedBottleneck>> stage;
    for (int repeat = 0; repeat < scaled_repeats(s, depth); ++repeat, ++number) {
      const bool strides = repeat == 0 && (map != FeatureMap::kFullStride16 || s <= kLastStageAtStride16);
      auto block =
          std::make_shared<InvertedBottleneck>(in, out, spec.expansion, spec.kernel, strides ? spec.stride : 1);
      const std::string prefix = fmt::format("_blocks.{}.", number);
      const auto publish = [&](const char* convolution, const char* normalization, const ConvolutionUnit& unit) {
        published_.push_back({prefix + convolution, prefix + normalization, unit.weight, unit.bias});
      };
      if (block->expand) publish("_expand_conv", "_bn0", *block->expand);
      publish("_depthwise_conv", "_bn1", *block->depthwise);
      publish("_project_conv", "_bn2", *block->project);
      if (s <= last) {
        register_module(fmt::format("block{}", number), block);
        first_center_ += jump * block->depthwise->first_center();
        jump *= static_cast<double>(block->depthwise->stride());
      }
      if (expanded && s == last + 1 && repeat == 0)
        local_ = block->expand;  // 1 x 1, so the centers of receptive fields do not change
      stage.push_back(std::move(block));
      in = out;
    }
    if (s <= last) {
      stages_.push_back(std::move(stage));
      channels_ = out;
    }
  }

  auto head = std::make_shared<ConvolutionUnit>(in, kHeadChannels, 1, 1, Kind::kFull, false);
  published_.push_back({"_conv_head", "_bn1", head->weight, head->bias});
  if (expanded) {
    register_module("expansion", local_);
    channels_ = local_->weight.size(0);
  }
  if (map == FeatureMap::kStride32) {
    head_ = register_module("head", std::move(head));
    channels_ = kHeadChannels;
  }
}

torch::Tensor EfficientNetLite::forward(torch::Tensor images) {
  torch::Tensor x = stem_->forward(images.contiguous(at::MemoryFormat::ChannelsLast));
  for (const auto& stage : stages_) {
    for (const auto& block : stage) x = block->forward(x);
  }
  if (local_) return local_->forward(std::move(x));
  return head_ ? head_->forward(std::move(x)) : x;
}

PixelNormalization EfficientNetLite::normalization() const {
  constexpr float kScale = 1 / 128.0F;
  return {{127, 127, 127}, {kScale, kScale, kScale}};
}

void EfficientNetLite::load_published(const StateDict& weights, const std::string& file) {
  load_folded(published_, weights, kNormalizationEpsilon,
              {{"_fc.weight", {kImageNetClasses, kHeadChannels}}, {"_fc.bias", {kImageNetClasses}}}, {}, file);
}

std::vector<std::vector<torch::Tensor>> EfficientNetLite::stages() {
  std::vector<std::vector<torch::Tensor>> parts{stem_->parameters()};
  for (const auto& stage : stages_) {
    auto& part = parts.emplace_back();
    for (const auto& block : stage) {
      for (const auto& parameter : block->parameters()) part.push_back(parameter);
    }
  }
  if (local_) parts.push_back(local_->parameters());
  if (head_) parts.push_back(head_->parameters());
  return parts;
}

void register_efficientnet_lite(BackboneRegistry& registry) {
  const auto add = [&registry](const char* name, double width, double depth) {
    registry.add(name, {[width, depth](const EncoderShape& shape, const LoadOptions& /*weights only*/) {
                   return std::make_shared<EfficientNetLite>(width, depth, shape.map);
                 }});
  };
  add("efficientnet-lite0", 1.0, 1.0);
  add("efficientnet-lite1", 1.0, 1.1);
  add("efficientnet-lite2", 1.1, 1.2);
  add("efficientnet-lite3", 1.2, 1.4);
}

}  // namespace saccade::models
