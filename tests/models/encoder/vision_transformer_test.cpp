#include "models/encoder/vision_transformer.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "models/checkpoint.hpp"
#include "models/encoder/encoder.hpp"
#include "models/kernels/initialization.hpp"
#include "models/weights/safetensors.hpp"
#include "models/weights/weights_file.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::Encoder;
using models::EncoderShape;
using models::FeatureMap;
using models::make_backbone;
using models::StateDict;
using test::difference;
using torch::Tensor;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(SACCADE_TEST_DATA) / "backbones";
const fs::path kMeta = kGolden / "dinov2-s14-64x2-meta" / "model.pth";
const fs::path kClip = kGolden / "clip-vit-b32-64x2-openclip" / "model.pth";
const fs::path kVit = kGolden / "vit-s16-64x2-timm" / "model.pth";

/// The shape of a network as small as those in tests/data.
EncoderShape small(const std::string& backbone, int input_size) {
  EncoderShape shape;
  shape.backbone = backbone;
  shape.input_size = input_size;
  shape.width = 64;
  shape.blocks = 2;
  return shape;
}

template <typename Action>
std::string refusal(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.what();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a vision transformer has a cell for every patch, centered on the patch") {
  struct Expected {
    const char* name;
    int patch;
    std::int64_t width;
  };
  const models::NoInitialization no_need;
  for (const auto& expected : {Expected{"dinov2-s14", 14, 384},
                               {"dinov2-b14", 14, 768},
                               {"dinov2-l14", 14, 1024},
                               {"dinov2-s14-reg", 14, 384},
                               {"dinov2-b14-reg", 14, 768},
                               {"dinov2-l14-reg", 14, 1024},
                               {"clip-vit-b32", 32, 768},
                               {"clip-vit-b16", 16, 768},
                               {"clip-vit-l14", 14, 1024},
                               {"vit-s16", 16, 384},
                               {"vit-b16", 16, 768}}) {
    CAPTURE(expected.name);
    EncoderShape shape;
    shape.backbone = expected.name;
    shape.input_size = 5 * expected.patch;
    const Encoder encoder(shape);
    CHECK(encoder.annotation_width() == expected.width);
    CHECK(encoder.grid().rows == 5);
    CHECK(encoder.grid().columns == 5);
    CHECK(encoder.grid().shift == 0);
    shape.input_size += 2;
    CHECK(contains(refusal([&] { Encoder{shape}; }), "multiple of " + std::to_string(expected.patch)));
  }
}

TEST_CASE("without attention, a cell of a vision transformer depends only on its patch") {
  for (const char* name : {"dinov2-s14-reg", "clip-vit-b32", "vit-s16"}) {
    CAPTURE(name);
    const int patch = models::backbones().at(name).multiple;
    const auto backbone = make_backbone(small(name, 4 * patch));
    test::randomize(*backbone, 1);
    for (auto& parameter : backbone->named_parameters()) {
      if (contains(parameter.key(), ".out")) parameter.value().set_data(at::zeros_like(parameter.value()));
    }
    const Tensor images = torch::rand({1, 3, 4 * patch, 4 * patch}).set_requires_grad(true);
    backbone->forward(images)[0].select(1, 1).select(1, 2).square().sum().backward();
    const Tensor seen = images.grad()[0].abs().sum(0);
    const Tensor tile = seen.slice(0, patch, 2 * patch).slice(1, 2 * patch, 3 * patch);
    CHECK(tile.min().item<float>() > 0);
    CHECK(tile.sum().item<float>() == doctest::Approx(seen.sum().item<float>()));
  }
}

TEST_CASE(
    "a vision transformer's stages contain all its parameters, ending with the last block and the final LayerNorm") {
  for (const char* name : {"dinov2-s14", "clip-vit-b32", "vit-s16"}) {
    const auto backbone = make_backbone(small(name, 64 - 64 % models::backbones().at(name).multiple));
    std::size_t count = 0;
    const auto stages = backbone->stages();
    for (const auto& stage : stages) count += stage.size();
    CHECK(count == backbone->parameters().size());
    CHECK(stages.size() == (std::string(name) == "clip-vit-b32" ? 3 : 4));
    CHECK(stages.front()[0].dim() == 4);
  }
}

TEST_CASE("the class token may be appended to every annotation") {
  const torch::NoGradGuard no_gradient;
  EncoderShape shape = small("dinov2-s14", 42);
  Encoder plain(shape);
  shape.class_token = true;
  Encoder with(shape);
  plain.load_file(kMeta);
  with.load_file(kMeta);
  const Tensor pixels = torch::randn({2, 42, 42, 3});
  const Tensor before = plain.forward(pixels), after = with.forward(pixels);
  CHECK(with.annotation_width() == 128);
  CHECK(difference(after.narrow(2, 0, 64), before) == 0);
  const Tensor token = after.narrow(2, 64, 64);
  CHECK(difference(token.select(1, 0), token.select(1, 8)) == 0);
  CHECK(difference(token.select(1, 0), before.select(1, 0)) > 0.1);
}

TEST_CASE("a file that matches no naming scheme is refused with the nearest scheme and the missing tensors") {
  const test::TemporaryFolder folder;
  const auto of = [&](const char* backbone, const StateDict& weights) {
    models::write_safetensors(folder / "weights.safetensors", weights, {});
    return refusal([&] { Encoder(small(backbone, 224)).load_file(folder / "weights.safetensors"); });
  };
  const StateDict meta = models::read_weights(kMeta);
  CHECK(of("dinov2-s14", meta).empty());
  StateDict lacking = meta;
  lacking.erase("blocks.1.ls2.gamma");
  CHECK(contains(of("dinov2-s14", lacking), "nearest are those of Meta: 1 missing (blocks.1.ls2.gamma)"));
  StateDict deeper = meta;
  deeper["blocks.2.norm1.weight"] = torch::ones({64});
  CHECK(contains(of("dinov2-s14", deeper), "1 not expected (blocks.2.norm1.weight)"));
  StateDict wider = meta;
  wider["norm.weight"] = torch::ones({65});
  CHECK(contains(of("dinov2-s14", wider), "norm.weight is [65], expected [64]"));
  StateDict whole = meta;
  whole["norm.weight"] = torch::ones({64}, torch::kLong);
  CHECK(contains(of("dinov2-s14", whole), "'norm.weight' does not hold floating-point numbers"));
  StateDict oblong = meta;
  oblong["pos_embed"] = torch::zeros({1, 1 + 12, 64});
  CHECK(contains(of("dinov2-s14", oblong), "12 position embeddings are not those of a square grid"));
  oblong["pos_embed"] = torch::zeros({1, 0, 64});
  CHECK_FALSE(of("dinov2-s14", oblong).empty());
  CHECK(contains(of("dinov2-s14-reg", meta), "missing (register_tokens)"));
  CHECK(contains(of("clip-vit-b32", meta), "does not hold clip-vit-b32 under any known names; nearest are those of"));
  CHECK(contains(of("vit-s16", meta), "not expected (blocks.0.ls1.gamma"));
  CHECK_FALSE(of("dinov2-s14", {{"a", torch::zeros({1})}}).empty());
  CHECK_FALSE(of("dinov2-s14", {}).empty());
  for (const auto& entry : meta) {
    if (entry.first == "mask_token") continue;  // without it, the file matches timm's scheme
    StateDict without = meta;
    without.erase(entry.first);
    CHECK(contains(of("dinov2-s14", without), "1 missing (" + entry.first + ")"));
  }
}

TEST_CASE("the prefix of DistributedDataParallel is removed from names") {
  const test::TemporaryFolder folder;
  StateDict parallel;
  for (const auto& [name, tensor] : models::read_weights(kVit)) parallel["module." + name] = tensor;
  models::write_safetensors(folder / "weights.safetensors", parallel, {});
  Encoder plain(small("vit-s16", 64)), other(small("vit-s16", 64));
  plain.load_file(kVit);
  other.load_file(folder / "weights.safetensors");
  CHECK(test::same_parameters(plain, other));
}

TEST_CASE("a config next to the weights sets the normalization of pixels and the activation") {
  const test::TemporaryFolder folder;
  fs::copy_file(kVit, folder / "vit.pth");
  fs::copy_file(kClip, folder / "clip.pth");
  const auto mean = [&] {
    Encoder encoder(small("vit-s16", 64));
    encoder.load_file(folder / "vit.pth");
    return encoder.preprocessing().mean[0] / 255;
  };
  const auto activation = [&](models::Activation requested = models::Activation::kAuto) {
    EncoderShape shape = small("clip-vit-b32", 64);
    shape.activation = requested;
    Encoder encoder(shape);
    encoder.load_file(folder / "clip.pth");
    return models::activations().name_of(encoder.shape().activation);
  };
  CHECK(mean() == doctest::Approx(0.5));
  CHECK(activation() == "gelu");
  write_file(folder / "config.json", R"({"pretrained_cfg": {"mean": [0.485, 0.456, 0.406], "std": [0.2, 0.2, 0.2]}})");
  CHECK(mean() == doctest::Approx(0.485));
  CHECK(activation() == "gelu");
  write_file(folder / "config.json", R"({"vision_config": {"hidden_act": "quick_gelu"}})");
  CHECK(mean() == doctest::Approx(0.5));
  CHECK(activation() == "quick-gelu");
  CHECK(activation(models::Activation::kGelu) == "gelu");
  fs::remove(folder / "config.json");
  write_file(folder / "open_clip_config.json", R"({"model_cfg": {"quick_gelu": true}, "preprocess_cfg": {}})");
  CHECK(activation() == "quick-gelu");
  write_file(folder / "preprocessor_config.json", R"({"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]})");
  CHECK(mean() == doctest::Approx(0.1));
  EncoderShape shape = small("vit-s16", 64);
  shape.normalization = models::Normalization::kImageNet;
  Encoder requested(shape);
  requested.load_file(folder / "vit.pth");
  CHECK(requested.preprocessing().mean[0] / 255 == doctest::Approx(0.485));
  for (const char* bad :
       {"", "[]", "{", R"({"image_mean": [1], "image_std": [1, 1, 1]})",
        R"({"image_mean": [0, 0, 0], "image_std": [0, 1, 1]})",
        R"({"image_mean": [0, 0, "a"], "image_std": [1, 1, 1]})", R"({"image_mean": 7, "image_std": {}})"}) {
    CAPTURE(bad);
    write_file(folder / "preprocessor_config.json", bad);
    CHECK(contains(refusal(mean), "preprocessor_config.json: "));
  }
  fs::remove(folder / "preprocessor_config.json");
  write_file(folder / "config.json", R"({"hidden_act": "relu"})");
  CHECK(contains(refusal(activation), "'relu' is not supported"));
}

TEST_CASE("options that a backbone does not have are refused") {
  EncoderShape shape;
  shape.backbone = "resnet-18";
  shape.class_token = true;
  CHECK(contains(refusal([&] { Encoder{shape}; }), "--class-token true: resnet-18 has no such choice"));
  shape = small("resnet-18", 64);
  CHECK(contains(refusal([&] { Encoder{shape}; }), "--backbone-width 64: resnet-18 has no such choice"));
  shape = small("dinov2-s14", 56);
  shape.activation = models::Activation::kGelu;
  CHECK(contains(refusal([&] { Encoder{shape}; }), "--backbone-activation gelu"));
  shape = small("dinov2-s14", 56);
  shape.map = FeatureMap::kStride16;
  CHECK(contains(refusal([&] { Encoder{shape}; }), "leave out --stride"));
  shape = small("dinov2-s14", 56);
  shape.width = 65;
  CHECK(contains(refusal([&] { Encoder{shape}; }), "multiple of 64, not 65"));
}

TEST_CASE("a model with a vision transformer gives the same results after saving and loading") {
  const test::TemporaryFolder folder;
  models::Captioner model = test::tiny_captioner({"a", "dog", "runs"}, 1);
  EncoderShape shape = small("clip-vit-b32", 64);
  shape.class_token = true;
  model.encoder = std::make_shared<Encoder>(shape);
  model.encoder->load_file(kClip);
  model.preprocessing = model.encoder->preprocessing();
  test::DecoderPlan plan = test::tiny_plan();
  plan.shape = {model.vocabulary.size(), model.encoder->annotation_width(), model.encoder->grid()};
  model.decoder = test::tiny_decoder(2, plan);
  models::save_checkpoint(folder / "model.safetensors", model);
  models::Captioner read = models::load_checkpoint(folder / "model.safetensors");
  const Tensor pixels = torch::randn({1, 64, 64, 3});
  CHECK(difference(read.encode(pixels), model.encode(pixels)) < 2e-2);  // weights are stored in half precision
  CHECK((read.encoder->shape().activation == models::Activation::kGelu));
  CHECK(read.encoder->shape().class_token);
  CHECK(read.preprocessing.mean == model.preprocessing.mean);
  read.resize(96);
  CHECK(read.encode(torch::randn({1, 96, 96, 3})).sizes() == torch::IntArrayRef({1, 9, 128}));
}

TEST_CASE("positions are interpolated for other input sizes as in the published implementation") {
  torch::manual_seed(1);
  const Tensor positions = torch::randn({16, 8});
  CHECK(difference(models::resampled_positions(positions, 4, {}), positions) == 0);
  // Interpolation preserves a linear function between the outer cells.
  const Tensor plane = at::arange(8, torch::kFloat).repeat({8}).unsqueeze(1);
  for (const auto& how : {models::Resampling{false, 0}, models::Resampling{true, 0}}) {
    const Tensor half = models::resampled_positions(plane, 4, how);
    CHECK(half[5].item<float>() == doctest::Approx(2.5).epsilon(0.02));
    CHECK(half[6].item<float>() == doctest::Approx(4.5).epsilon(0.02));
  }
}

TEST_CASE("bfloat16 features are close to float32 and have a cache of their own") {
  const torch::NoGradGuard no_gradient;
  Encoder encoder(small("dinov2-s14", 42));
  encoder.load_file(kMeta);
  const Tensor pixels = torch::randn({3, 42, 42, 3});
  const Tensor exact = encoder.forward(pixels);
  const auto print = [&] {
    Fingerprint fingerprint;
    encoder.add_to(fingerprint);
    return fingerprint.text();
  };
  const std::string before = print();
  encoder.set_precision(models::Precision::kBfloat16);
  const Tensor rounded = encoder.forward(pixels);
  CHECK((rounded - exact).norm().item<double>() < 0.03 * exact.norm().item<double>());
  CHECK(print() != before);
}

TEST_CASE("gradients of a vision transformer reach the trainable parameters, and updates change the features") {
  Encoder encoder(small("vit-s16", 64));
  encoder.load_file(kVit);
  const Tensor pixels = torch::randn({2, 64, 64, 3});
  Tensor before;
  {
    const torch::NoGradGuard no_gradient;
    before = encoder.forward(pixels);
  }
  for (auto& parameter : encoder.parameters()) parameter.requires_grad_(false);
  const auto stages = encoder.backbone().stages();
  for (const auto& parameter : stages[stages.size() - 2]) parameter.requires_grad_(true);
  const Tensor annotations = encoder.forward(pixels);
  CHECK(difference(annotations, before) < 1e-4);
  annotations.square().sum().backward();
  for (const auto& parameter : stages[stages.size() - 2]) {
    REQUIRE(parameter.grad().defined());
    CHECK(parameter.grad().abs().max().item<float>() > 0);
    // Updates the values in place without autograd, like the optimizer.
    float* const values = parameter.data_ptr<float>();
    for (std::int64_t i = 0; i < parameter.numel(); ++i) values[i] *= 1.5F;
  }
  const torch::NoGradGuard no_gradient;
  CHECK(difference(encoder.forward(pixels), before) > 0.01);
  for (auto& parameter : encoder.parameters()) parameter.requires_grad_(false);
  CHECK(difference(encoder.forward(pixels), before) > 0.01);
}
