#include "models/encoder/backbone/efficientnet_lite.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/encoder/backbone.hpp"
#include "tests/models/published_weights.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::ConvolutionUnit;
using models::FeatureMap;
using models::make_backbone;
using test::difference;
using torch::Tensor;

namespace {

/// TensorFlow's SAME padding: ceil(size / stride) outputs, with the odd pixel of padding at the right and the bottom.
Tensor padded_same(const Tensor& x, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t size = x.size(2);
  const std::int64_t outputs = (size + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * stride + kernel - size);
  return at::constant_pad_nd(x, {total / 2, total - total / 2, total / 2, total - total / 2});
}

/// The published network: convolutions and batch normalization with running statistics. Returns all feature maps, or
/// only kFullStride16 without `last_stride`.
std::map<FeatureMap, Tensor> explicit_forward(const models::StateDict& w, Tensor x, bool last_stride = true) {
  Tensor before;
  std::map<FeatureMap, Tensor> maps;
  for (const auto& c : test::lite0_convolutions()) {
    if (c.begins_block) before = x;
    const bool next_has_stride_32 = c.convolution == "_blocks.11._expand_conv";
    if (next_has_stride_32) maps[FeatureMap::kStride16] = x;
    if (c.convolution == "_conv_head" && !last_stride) return {{FeatureMap::kFullStride16, x}};
    constexpr std::int64_t kNoPadding = 0;
    const std::int64_t groups = c.depthwise ? c.in : 1;
    const std::int64_t stride = !last_stride && c.convolution == "_blocks.11._depthwise_conv" ? 1 : c.stride;
    x = at::conv2d(padded_same(x, c.kernel, stride), w.at(c.convolution + ".weight"), Tensor(), stride, kNoPadding, 1,
                   groups);
    x = at::batch_norm(x, w.at(c.normalization + ".weight"), w.at(c.normalization + ".bias"),
                       w.at(c.normalization + ".running_mean"), w.at(c.normalization + ".running_var"), false, 0, 1e-3,
                       false);
    if (c.activated) x = x.clamp(0, 6);
    if (next_has_stride_32) maps[FeatureMap::kExpandedStride16] = x;
    if (c.ends_with_a_skip) x = x + before;
  }
  maps[FeatureMap::kStride32] = x;
  return maps;
}

/// The error message for invalid weights, or "".
std::string refusal(const models::StateDict& weights) {
  try {
    make_backbone("efficientnet-lite0", FeatureMap::kStride16)->load_published(weights, "lite0.pth");
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a network with folded batch normalization computes the published features") {
  const auto weights = test::published_lite0(1);
  const torch::NoGradGuard no_gradient;
  for (const int size : {32, 64, 96}) {
    CAPTURE(size);
    torch::manual_seed(2);
    const Tensor images = torch::randn({2, 3, size, size});
    auto maps = explicit_forward(weights, images);
    maps.merge(explicit_forward(weights, images, /*last_stride=*/false));
    CHECK(maps.size() == 4);
    for (const auto& [map, expected] : maps) {
      const auto backbone = make_backbone("efficientnet-lite0", map);
      backbone->load_published(weights, "lite0.pth");
      REQUIRE(expected.abs().max().item<float>() > 0.1);
      CHECK(difference(backbone->forward(images), expected) < 1e-3 * expected.abs().max().item<double>());
    }
  }
}

TEST_CASE("the feature map has a cell for every 32 or every 16 pixels") {
  struct Expected {
    const char* name;
    std::int64_t width_at_16, width_of_last_stage;
    std::size_t blocks;  // three convolutions each, except for the first block
  };
  const torch::NoGradGuard no_gradient;
  for (const auto& expected : {Expected{"efficientnet-lite0", 112, 320, 16},
                               {"efficientnet-lite1", 112, 320, 21},
                               {"efficientnet-lite2", 120, 352, 21},
                               {"efficientnet-lite3", 136, 384, 24}}) {
    CAPTURE(expected.name);
    const Tensor images = torch::zeros({2, 3, 64, 64});
    const auto coarse = make_backbone(expected.name, FeatureMap::kStride32);
    CHECK(coarse->channels() == 1280);
    CHECK(coarse->forward(images).sizes() == torch::IntArrayRef({2, 1280, 2, 2}));
    const auto fine = make_backbone(expected.name, FeatureMap::kStride16);
    CHECK(fine->channels() == expected.width_at_16);
    CHECK(fine->forward(images).sizes() == torch::IntArrayRef({2, expected.width_at_16, 4, 4}));
    const auto wide = make_backbone(expected.name, FeatureMap::kExpandedStride16);
    CHECK(wide->channels() == 6 * expected.width_at_16);
    CHECK(wide->forward(images).sizes() == torch::IntArrayRef({2, 6 * expected.width_at_16, 4, 4}));
    CHECK(wide->grid(64).shift == fine->grid(64).shift);  // a 1 x 1 convolution does not change the receptive field
    CHECK(wide->stages().size() == fine->stages().size() + 1);
    const auto whole = make_backbone(expected.name, FeatureMap::kFullStride16);
    CHECK(whole->channels() == expected.width_of_last_stage);
    CHECK(whole->forward(images).sizes() == torch::IntArrayRef({2, expected.width_of_last_stage, 4, 4}));
    CHECK(whole->grid(64).shift == fine->grid(64).shift);  // the padding after the removed stride is symmetric
    CHECK(whole->stages().size() == fine->stages().size() + 2);
    CHECK(whole->parameters().size() ==
          2 * (3 * expected.blocks));  // the stem replaces the expansion of the first block
  }
  CHECK(models::stride_of(FeatureMap::kStride32) == 32);
  CHECK(models::stride_of(FeatureMap::kStride16) == 16);
  CHECK(models::stride_of(FeatureMap::kExpandedStride16) == 16);
  CHECK(models::stride_of(FeatureMap::kFullStride16) == 16);
}

TEST_CASE("a stride-2 convolution pads an image of even size only at the right and the bottom") {
  ConvolutionUnit unit(1, 1, 3, 2, ConvolutionUnit::Kind::kFull, /*linear=*/true);
  const torch::NoGradGuard no_gradient;
  unit.weight.fill_(1);
  // All pixels are 1, so each sum is the number of pixels under the kernel.
  const Tensor sums = unit.forward(torch::ones({1, 1, 4, 4}));
  CHECK(difference(sums, torch::tensor({{{{9.0F, 6.0F}, {6.0F, 4.0F}}}})) == 0);
}

TEST_CASE("a convolution is followed by a ReLU6 unless it is linear") {
  const torch::NoGradGuard no_gradient;
  for (const bool linear : {false, true}) {
    ConvolutionUnit unit(1, 1, 1, 1, ConvolutionUnit::Kind::kFull, linear);
    unit.weight.fill_(2);
    unit.bias.fill_(1);
    const Tensor y = unit.forward(torch::tensor({-3.0F, 1.0F, 5.0F}).view({1, 1, 1, 3})).view(-1);
    CHECK(difference(y, linear ? torch::tensor({-5.0F, 3.0F, 11.0F}) : torch::tensor({0.0F, 3.0F, 6.0F})) == 0);
  }
}

TEST_CASE("a bottleneck does not modify its input") {
  models::InvertedBottleneck block(4, 4, 6, 3, 1);
  test::randomize(block, 3);
  const torch::NoGradGuard no_gradient;
  const Tensor x = torch::randn({1, 4, 5, 5});
  const Tensor before = x.clone();
  CHECK(difference(block.forward(x), x) > 0.01);
  CHECK(x.equal(before));
}

TEST_CASE("published weights are loaded with or without batch counters") {
  auto weights = test::published_lite0(4);
  CHECK(refusal(weights).empty());
  for (const auto& c : test::lite0_convolutions()) weights.erase(c.normalization + ".num_batches_tracked");
  CHECK(refusal(weights).empty());
}

TEST_CASE("all missing, misshapen and unexpected tensors are reported in one error") {
  auto weights = test::published_lite0(5);
  weights.erase("_blocks.3._bn1.running_var");
  weights.erase("_conv_head.weight");  // a stride-16 backbone does not keep this layer
  weights["_fc.bias"] = torch::zeros({10});
  weights["surprise"] = torch::zeros({1});
  const std::string message = refusal(weights);
  CAPTURE(message);
  CHECK(message.find("lite0.pth") == 0);
  CHECK(message.find("2 missing (_blocks.3._bn1.running_var, _conv_head.weight)") != std::string::npos);
  CHECK(message.find("_fc.bias is [10], expected [1000]") != std::string::npos);
  CHECK(message.find("1 not expected (surprise)") != std::string::npos);
}

TEST_CASE("the weights of another network are refused") {
  const auto lite0 = test::published_lite0(6);
  CHECK_THROWS_WITH_AS(make_backbone("efficientnet-lite1", FeatureMap::kStride32)->load_published(lite0, "lite0.pth"),
                       doctest::Contains("missing"), Error);
  CHECK_FALSE(refusal({}).empty());
}

TEST_CASE("a backbone's stages contain all its parameters, in order of computation") {
  const auto backbone = make_backbone("efficientnet-lite0", FeatureMap::kStride32);
  const auto stages = backbone->stages();
  CHECK(stages.size() == 9);  // stem, seven stages and head
  std::vector<Tensor> flat;
  for (const auto& stage : stages) flat.insert(flat.end(), stage.begin(), stage.end());
  CHECK(flat.size() == backbone->parameters().size());
  CHECK(stages.front()[0].sizes() == torch::IntArrayRef({32, 3, 3, 3}));
  CHECK(stages.back()[0].sizes() == torch::IntArrayRef({1280, 320, 1, 1}));
  CHECK(make_backbone("efficientnet-lite0", FeatureMap::kStride16)->stages().size() == 6);
}

TEST_CASE("an unknown backbone is refused with the list of choices") {
  CHECK_THROWS_WITH_AS(make_backbone("vgg", FeatureMap::kStride32),
                       doctest::Contains("no backbone 'vgg'; choose one of clip-vit-b32"), Error);
}
