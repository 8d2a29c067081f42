#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "models/encoder/backbone.hpp"
#include "models/encoder/encoder.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::FeatureMap;
using models::make_backbone;
using models::StateDict;
using test::difference;
using torch::Tensor;

namespace {

const bool kBottleneck = true;
const std::vector<int> kBlocks18{2, 2, 2, 2};
const std::vector<int> kBlocks50{3, 4, 6, 3};

/// Draws random weights of a convolution and its batch normalization under their published names.
void draw(StateDict& weights, const std::string& convolution, const std::string& normalization, std::int64_t in,
          std::int64_t out, std::int64_t kernel) {
  const double inputs = static_cast<double>(in * kernel * kernel);
  weights[convolution + ".weight"] = torch::randn({out, in, kernel, kernel}) * std::sqrt(2 / inputs);
  weights[normalization + ".weight"] = torch::rand({out}) + 0.5;
  weights[normalization + ".bias"] = torch::randn({out}) * 0.3;
  weights[normalization + ".running_mean"] = torch::randn({out}) * 0.3;
  weights[normalization + ".running_var"] = torch::rand({out}) + 0.5;
  weights[normalization + ".num_batches_tracked"] = torch::tensor(7, torch::kLong);
}

/// Random weights of a residual network in torchvision's format.
StateDict published_resnet(const std::vector<int>& blocks, bool bottleneck, std::uint64_t seed) {
  torch::manual_seed(seed);
  StateDict weights;
  draw(weights, "conv1", "bn1", 3, 64, 7);
  std::int64_t in = 64;
  for (int layer = 1; layer <= 4; ++layer) {
    const std::int64_t width = 32LL << layer;
    const std::int64_t out = bottleneck ? 4 * width : width;
    for (int number = 0; number < blocks[static_cast<std::size_t>(layer - 1)]; ++number) {
      const std::string block = "layer" + std::to_string(layer) + "." + std::to_string(number) + ".";
      if (bottleneck) {
        draw(weights, block + "conv1", block + "bn1", in, width, 1);
        draw(weights, block + "conv2", block + "bn2", width, width, 3);
        draw(weights, block + "conv3", block + "bn3", width, out, 1);
      } else {
        draw(weights, block + "conv1", block + "bn1", in, width, 3);
        draw(weights, block + "conv2", block + "bn2", width, width, 3);
      }
      if (number == 0 && (layer > 1 || bottleneck)) {
        draw(weights, block + "downsample.0", block + "downsample.1", in, out, 1);
      }
      in = out;
    }
  }
  weights["fc.weight"] = torch::zeros({1000, in});
  weights["fc.bias"] = torch::zeros({1000});
  return weights;
}

Tensor normalized(const StateDict& w, const std::string& convolution, const std::string& normalization, const Tensor& x,
                  std::int64_t stride) {
  const Tensor& kernel = w.at(convolution + ".weight");
  const Tensor y = at::conv2d(x, kernel, Tensor(), stride, kernel.size(2) / 2);
  return at::batch_norm(y, w.at(normalization + ".weight"), w.at(normalization + ".bias"),
                        w.at(normalization + ".running_mean"), w.at(normalization + ".running_var"), false, 0, 1e-5,
                        false);
}

/// The published network, optionally with stride 1 in `layer4`. Returns the outputs of `layer3` and `layer4`.
std::pair<Tensor, Tensor> explicit_forward(const StateDict& w, const std::vector<int>& blocks, const Tensor& images,
                                           std::int64_t last_stride = 2) {
  Tensor x = at::max_pool2d(normalized(w, "conv1", "bn1", images, 2).relu(), 3, 2, 1);
  Tensor layer3;
  for (int layer = 1; layer <= 4; ++layer) {
    for (int number = 0; number < blocks[static_cast<std::size_t>(layer - 1)]; ++number) {
      const std::string block = "layer" + std::to_string(layer) + "." + std::to_string(number) + ".";
      const std::int64_t stride = layer == 1 || number > 0 ? 1 : layer == 4 ? last_stride : 2;
      const bool bottleneck = w.count(block + "conv3.weight") != 0;
      Tensor y = normalized(w, block + "conv1", block + "bn1", x, bottleneck ? 1 : stride).relu();
      y = normalized(w, block + "conv2", block + "bn2", y, bottleneck ? stride : 1);
      if (bottleneck) y = normalized(w, block + "conv3", block + "bn3", y.relu(), 1);
      const bool resized = w.count(block + "downsample.0.weight") != 0;
      x = (y + (resized ? normalized(w, block + "downsample.0", block + "downsample.1", x, stride) : x)).relu();
    }
    if (layer == 3) layer3 = x;
  }
  return {layer3, x};
}

/// The error message for invalid weights, or "".
std::string refusal(const StateDict& weights) {
  try {
    make_backbone("resnet-18", FeatureMap::kStride16)->load_published(weights, "resnet18.pth");
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a residual backbone with folded batch normalization computes the published features") {
  struct Network {
    const char* name;
    std::vector<int> blocks;
    bool bottleneck;
  };
  const torch::NoGradGuard no_gradient;
  for (const auto& network : {Network{"resnet-18", kBlocks18, !kBottleneck}, {"resnet-50", kBlocks50, kBottleneck}}) {
    CAPTURE(network.name);
    const auto weights = published_resnet(network.blocks, network.bottleneck, 1);
    const Tensor images = torch::randn({2, 3, 64, 96});
    const Tensor before = images.clone();
    const auto [layer3, layer4] = explicit_forward(weights, network.blocks, images);
    const Tensor full = explicit_forward(weights, network.blocks, images, 1).second;
    for (const auto map : {FeatureMap::kStride16, FeatureMap::kFullStride16, FeatureMap::kStride32}) {
      const auto backbone = make_backbone(network.name, map);
      backbone->load_published(weights, "resnet.pth");
      const Tensor& expected = map == FeatureMap::kStride16 ? layer3 : map == FeatureMap::kStride32 ? layer4 : full;
      REQUIRE(expected.abs().max().item<float>() > 0.1);
      CHECK(difference(backbone->forward(images), expected) < 1e-4 * expected.abs().max().item<double>());
    }
    CHECK(images.equal(before));
  }
}

TEST_CASE("a residual backbone's feature map has a cell for every 32 or every 16 pixels") {
  struct Expected {
    const char* name;
    std::int64_t width, width_at_16;
  };
  const torch::NoGradGuard no_gradient;
  const Tensor images = torch::zeros({2, 3, 64, 64});
  for (const auto& expected : {Expected{"resnet-18", 512, 256},
                               {"resnet-34", 512, 256},
                               {"resnet-50", 2048, 1024},
                               {"resnet-101", 2048, 1024}}) {
    CAPTURE(expected.name);
    const auto coarse = make_backbone(expected.name, FeatureMap::kStride32);
    CHECK(coarse->channels() == expected.width);
    CHECK(coarse->forward(images).sizes() == torch::IntArrayRef({2, expected.width, 2, 2}));
    CHECK(coarse->stages().size() == 5);  // stem and four layers
    const auto fine = make_backbone(expected.name, FeatureMap::kStride16);
    CHECK(fine->channels() == expected.width_at_16);
    CHECK(fine->forward(images).sizes() == torch::IntArrayRef({2, expected.width_at_16, 4, 4}));
    CHECK(fine->stages().size() == 4);
  }
}

TEST_CASE("a residual network has no expanded feature map") {
  CHECK_THROWS_WITH_AS(make_backbone("resnet-18", FeatureMap::kExpandedStride16),
                       doctest::Contains("choose 16, 16-full or 32"), Error);
}

TEST_CASE("the receptive field of a residual backbone's first cell is centered on the first pixel") {
  const auto backbone = make_backbone("resnet-18", FeatureMap::kStride16);
  const Grid grid = backbone->grid(128);
  CHECK(grid.rows == 8);
  CHECK(grid.columns == 8);
  CHECK(grid.shift == doctest::Approx(0.5 / 16 - 0.5));
  CHECK(make_backbone("resnet-50", FeatureMap::kStride32)->grid(224).shift == doctest::Approx(0.5 / 32 - 0.5));

  // With constant kernels, the gradient of a cell away from the border is its weight for each pixel.
  for (auto& parameter : backbone->parameters()) parameter.set_data(at::full_like(parameter, 0.01));
  torch::manual_seed(1);
  const Tensor images = torch::rand({1, 3, 448, 448}).set_requires_grad(true);
  constexpr int kCell = 14;
  backbone->forward(images)[0][0][kCell][kCell].backward();
  const Tensor seen = images.grad()[0].sum(0).to(torch::kDouble);
  const Tensor places = at::arange(448, torch::kDouble);
  for (const int direction : {0, 1}) {
    const double center = ((seen.sum(direction) * places).sum() / seen.sum()).item<double>();
    CHECK(std::abs(center - 16 * kCell) < 1);
  }
}

TEST_CASE("a residual backbone uses ImageNet's mean and standard deviation") {
  const auto normalization = make_backbone("resnet-18", FeatureMap::kStride32)->normalization();
  // (pixel / 255 - mean) / deviation for middle gray.
  const double expected[] = {(0.5 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (0.5 - 0.406) / 0.225};
  for (std::size_t color = 0; color < 3; ++color) {
    const double value = (127.5 - normalization.mean[color]) * normalization.scale[color];
    CHECK(value == doctest::Approx(expected[color]).epsilon(1e-4));
  }
}

TEST_CASE("a residual network's stages contain all its parameters, in order of computation") {
  const auto backbone = make_backbone("resnet-50", FeatureMap::kStride32);
  std::size_t count = 0;
  for (const auto& stage : backbone->stages()) count += stage.size();
  CHECK(count == backbone->parameters().size());
  CHECK(backbone->stages().front()[0].sizes() == torch::IntArrayRef({64, 3, 7, 7}));
}

TEST_CASE("the classifier and the batch counters of a residual network are optional") {
  auto weights = published_resnet(kBlocks18, !kBottleneck, 2);
  CHECK(refusal(weights).empty());
  weights["fc.weight"] = torch::zeros({7, 512});
  weights.erase("fc.bias");
  CHECK(refusal(weights).empty());
  weights.erase("fc.weight");
  for (auto entry = weights.begin(); entry != weights.end();) {
    const bool counter = entry->first.find("num_batches_tracked") != std::string::npos;
    entry = counter ? weights.erase(entry) : std::next(entry);
  }
  CHECK(refusal(weights).empty());
}

TEST_CASE("all missing, misshapen and unexpected tensors of a residual network are reported in one error") {
  auto weights = published_resnet(kBlocks18, !kBottleneck, 3);
  weights.erase("layer2.0.downsample.1.running_var");
  weights.erase("layer4.1.conv2.weight");  // a stride-16 backbone does not keep this layer
  weights["bn1.bias"] = torch::zeros({10});
  weights["surprise"] = torch::zeros({1});
  const std::string message = refusal(weights);
  CAPTURE(message);
  CHECK(message.find("resnet18.pth") == 0);
  CHECK(message.find("2 missing (layer2.0.downsample.1.running_var, layer4.1.conv2.weight)") != std::string::npos);
  CHECK(message.find("bn1.bias is [10], expected [64]") != std::string::npos);
  CHECK(message.find("1 not expected (surprise)") != std::string::npos);
  CHECK_THROWS_WITH_AS(make_backbone("resnet-34", FeatureMap::kStride32)
                           ->load_published(published_resnet(kBlocks18, !kBottleneck, 3), "resnet18.pth"),
                       doctest::Contains("missing"), Error);
}

TEST_CASE("a model with a residual backbone gives the same captions after saving and loading") {
  const test::TemporaryFolder folder;
  models::write_safetensors(folder / "resnet18.safetensors", published_resnet(kBlocks18, !kBottleneck, 4), {});
  models::Captioner model = test::tiny_captioner({"a", "dog", "runs"}, 1);
  model.encoder = std::make_shared<models::Encoder>(models::EncoderShape{"resnet-18", FeatureMap::kStride32, 64});
  model.encoder->backbone().load_file(folder / "resnet18.safetensors");
  model.encoder->channels_last();
  model.encoder->eval();
  model.preprocessing = model.encoder->preprocessing();
  test::DecoderPlan plan = test::tiny_plan();
  plan.shape = {model.vocabulary.size(), model.encoder->annotation_width(), model.encoder->grid()};
  model.decoder = test::tiny_decoder(2, plan);

  models::save_checkpoint(folder / "model", model);
  models::Captioner after = models::load_checkpoint(folder / "model");
  CHECK(after.preprocessing.mean[0] == model.preprocessing.mean[0]);
  CHECK(after.preprocessing.scale[2] == model.preprocessing.scale[2]);
  CHECK(after.encoder->grid().shift == model.encoder->grid().shift);
  const Tensor pixels = torch::randn({2, 64, 64, 3});
  const Tensor annotations = model.encode(pixels);
  REQUIRE(annotations.sizes() == torch::IntArrayRef({2, 4, 512}));
  const double largest = annotations.abs().max().item<double>();
  CHECK(difference(after.encode(pixels), annotations) < 1e-2 * largest);  // weights are stored in half precision

  // Weights that were rounded once do not change again.
  models::save_checkpoint(folder / "again", after);
  models::Captioner again = models::load_checkpoint(folder / "again");
  CHECK(test::same_parameters(*again.encoder, *after.encoder));
  const auto captions = after.caption(after.encode(pixels), {});
  const auto repeated = again.caption(again.encode(pixels), {});
  for (std::size_t i = 0; i < captions.size(); ++i) CHECK(captions[i].front().text() == repeated[i].front().text());
}
