#include <string>

#include <doctest/doctest.h>
#include <torch/script.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "models/checkpoint.hpp"
#include "models/encoder/encoder.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/models/forged.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::Encoder;
using models::EncoderShape;
using models::FeatureMap;
using models::load_checkpoint;
using torch::Tensor;
namespace fs = std::filesystem;

namespace {

constexpr int kSize = 64;
const models::LoadOptions kTrusted{true};
const EncoderShape kShape{"torchscript", FeatureMap::kStride32, kSize};

/// A program with three channels: the mean of each color in the 2 x 2 tiles of a 64 x 64 image, times a weight.
const char* const kMeans = R"(
def forward(self, x):
    return torch.avg_pool2d(x, [32, 32]) * self.weight
)";

void write_program(const fs::path& path, const std::string& forward) {
  torch::jit::Module module("tiny");
  module.register_parameter("weight", torch::full({1}, 3.0F), false);
  module.define(forward);
  module.save(path.string());
}

std::shared_ptr<Encoder> encoder_of(const fs::path& program) {
  auto encoder = std::make_shared<Encoder>(kShape, kTrusted);
  encoder->backbone().load_file(program);
  return encoder;
}

/// A model whose encoder is the program.
models::Captioner model_of(const fs::path& program) {
  models::Captioner model = test::tiny_captioner({"a", "dog", "runs"}, 1);
  model.encoder = encoder_of(program);
  model.preprocessing = model.encoder->preprocessing();
  test::DecoderPlan plan = test::tiny_plan();
  plan.shape = {model.vocabulary.size(), model.encoder->annotation_width(), model.encoder->grid()};
  model.decoder = test::tiny_decoder(2, plan);
  return model;
}

template <typename Action>
std::string refusal(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// The message with which a program file is refused.
std::string refusal_of(const fs::path& program) {
  const std::string message = refusal([&] { encoder_of(program); });
  CAPTURE(message);
  CHECK(message.find(program.string() + ": ") == 0);
  CHECK(message.find('\n') == std::string::npos);
  CHECK(message.size() < 500);
  return message;
}

std::string refusal_of_code(const std::string& forward) {
  const test::TemporaryFolder folder;
  write_program(folder / "net.pt", forward);
  return refusal_of(folder / "net.pt");
}

std::string fingerprint_of(const Encoder& encoder) {
  Fingerprint fingerprint;
  encoder.add_to(fingerprint);
  return fingerprint.text();
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a trial run determines the grid and the width of a TorchScript program") {
  const test::TemporaryFolder folder;
  write_program(folder / "net.pt", kMeans);
  const auto encoder = encoder_of(folder / "net.pt");
  CHECK(encoder->annotation_width() == 3);
  CHECK(encoder->grid().rows == 2);
  CHECK(encoder->grid().columns == 2);
  CHECK(encoder->grid().shift == 0);
  CHECK(encoder->backbone().stages().empty());
  CHECK(encoder->parameters().empty());
  const Tensor pixels = torch::randn({3, kSize, kSize, 3});
  const Tensor annotations = encoder->forward(pixels);
  REQUIRE(annotations.sizes() == torch::IntArrayRef({3, 4, 3}));
  CHECK_FALSE(annotations.requires_grad());
  const Tensor tile = pixels[2].narrow(0, 0, 32).narrow(1, 32, 32);  // the upper right tile is the second cell
  CHECK(test::difference(annotations[2][1], 3 * tile.mean(at::IntArrayRef{0, 1})) < 1e-5);
}

TEST_CASE("only trusted programs are opened, and the error says how to trust one and why") {
  const test::TemporaryFolder folder;
  write_program(folder / "net.pt", kMeans);
  Encoder encoder(kShape);
  std::string message = refusal([&] { encoder.backbone().load_file(folder / "net.pt"); });
  CAPTURE(message);
  CHECK(contains(message, "net.pt: "));
  CHECK(contains(message, "--trust-torchscript"));
  CHECK(contains(message, "runs the code in it"));

  models::save_checkpoint(folder / "model", model_of(folder / "net.pt"));
  message = refusal([&] { load_checkpoint(folder / "model"); });
  CHECK(message.find((folder / "model").string() + ": ") == 0);
  CHECK(contains(message, "--trust-torchscript"));
}

TEST_CASE("a model file contains the whole program, bit for bit") {
  const test::TemporaryFolder folder;
  write_program(folder / "net.pt", kMeans);
  const std::string bytes = read_file(folder / "net.pt");
  models::Captioner before = model_of(folder / "net.pt");
  models::save_checkpoint(folder / "model", before);
  fs::remove(folder / "net.pt");
  const Tensor stored = models::SafetensorsFile(folder / "model").tensor("encoder.torchscript");
  CHECK(std::string(static_cast<const char*>(stored.data_ptr()), stored.nbytes()) == bytes);

  models::Captioner after = load_checkpoint(folder / "model", kTrusted);
  const Tensor pixels = torch::randn({2, kSize, kSize, 3});
  CHECK(after.encode(pixels).equal(before.encode(pixels)));
  models::save_checkpoint(folder / "again", after);
  CHECK(read_file(folder / "again") == read_file(folder / "model"));
}

TEST_CASE("a model can share the program of another model") {
  const test::TemporaryFolder folder;
  write_program(folder / "net.pt", kMeans);
  models::Captioner model = model_of(folder / "net.pt");
  models::save_checkpoint(folder / "lender", model);
  model.encoder_file = "lender";
  models::save_checkpoint(folder / "borrower", model);
  CHECK_FALSE(models::SafetensorsFile(folder / "borrower").contains("encoder.torchscript"));
  models::Captioner after = load_checkpoint(folder / "borrower", kTrusted);
  CHECK(after.encoder_file == "lender");
  const Tensor pixels = torch::randn({1, kSize, kSize, 3});
  CHECK(after.encode(pixels).equal(model.encode(pixels)));
  CHECK(contains(refusal([&] { load_checkpoint(folder / "borrower"); }), "--trust-torchscript"));
}

TEST_CASE("a model file without its program, or with a program next to weights of another encoder, is refused") {
  const test::TemporaryFolder folder;
  write_program(folder / "net.pt", kMeans);
  models::save_checkpoint(folder / "model", model_of(folder / "net.pt"));
  const models::SafetensorsFile file(folder / "model");
  auto tensors = file.all();
  const Tensor program = tensors.at("encoder.torchscript");
  tensors.erase("encoder.torchscript");
  models::write_safetensors(folder / "without", tensors, test::forged(file));
  CHECK(contains(refusal([&] { load_checkpoint(folder / "without", kTrusted); }), "program are missing"));

  models::save_checkpoint(folder / "weights", test::tiny_captioner({"a", "dog"}, 1));
  const models::SafetensorsFile other(folder / "weights");
  tensors = other.all();
  tensors["encoder.torchscript"] = program;
  models::write_safetensors(folder / "both", tensors, test::forged(other));
  CHECK(contains(refusal([&] { load_checkpoint(folder / "both", kTrusted); }), "not expected (encoder.torchscript)"));
}

TEST_CASE("the feature cache distinguishes programs") {
  const test::TemporaryFolder folder;
  write_program(folder / "means.pt", kMeans);
  write_program(folder / "sums.pt", "def forward(self, x):\n    return torch.avg_pool2d(x, [32, 32]) * 1024\n");
  CHECK(fingerprint_of(*encoder_of(folder / "means.pt")) == fingerprint_of(*encoder_of(folder / "means.pt")));
  CHECK(fingerprint_of(*encoder_of(folder / "means.pt")) != fingerprint_of(*encoder_of(folder / "sums.pt")));
}

TEST_CASE("a file that is not a program is refused with one message that names it") {
  const test::TemporaryFolder folder;
  for (const std::string& bytes : {std::string(), std::string("garbage"), std::string("PK\x03\x04 but no archive")}) {
    write_file(folder / "net.pt", bytes);
    CHECK(contains(refusal_of(folder / "net.pt"), "not a TorchScript program"));
  }
  write_program(folder / "net.pt", kMeans);
  const std::string whole = read_file(folder / "net.pt");
  write_file(folder / "net.pt", whole.substr(0, whole.size() / 2));
  CHECK(contains(refusal_of(folder / "net.pt"), "not a TorchScript program"));
  CHECK(contains(refusal([&] { encoder_of(folder / "missing.pt"); }), "missing.pt"));
}

TEST_CASE("a program that fails or returns no feature map is refused with one message that names the file") {
  CHECK(contains(refusal_of_code("def forward(self, x):\n    return x\n"), "makes [1, 3, 64, 64] of an image"));
  CHECK(contains(refusal_of_code("def forward(self, x):\n    return torch.flatten(x, 1)\n"),
                 "does not return a feature map"));
  CHECK(contains(refusal_of_code("def forward(self, x):\n    return (x, x)\n"), "does not return a feature map"));
  CHECK(contains(refusal_of_code("def forward(self, x):\n    return torch.avg_pool2d(x, [32, 32]).to(3)\n"),
                 "does not return a feature map"));
  CHECK(contains(refusal_of_code("def forward(self, x):\n    return torch.cat([torch.avg_pool2d(x, [32, 32])] * 2)\n"),
                 "makes [2, 3, 2, 2] of an image"));
  CHECK(contains(refusal_of_code("def other(self, x):\n    return x\n"), "forward"));
  const std::string raised =
      refusal_of_code("def forward(self, x):\n    assert False, \"the lens cap is on\"\n    return x\n");
  CHECK(contains(raised, "fails on an image [1, 3, 64, 64]"));
  CHECK(contains(raised, "the lens cap is on"));
  const std::string failed = refusal_of_code("def forward(self, x):\n    return torch.view(x, [7])\n");
  CHECK(contains(failed, "invalid for input of size"));
}

TEST_CASE("a program whose map has different shapes for different images is refused") {
  const test::TemporaryFolder folder;
  write_program(folder / "net.pt",
                "def forward(self, x):\n"
                "    size = 32\n"
                "    if bool(torch.gt(torch.max(x), 0)):\n"
                "        size = 16\n"
                "    return torch.avg_pool2d(x, [size, size])\n");
  const auto encoder = encoder_of(folder / "net.pt");
  encoder->forward(torch::zeros({1, kSize, kSize, 3}));
  CHECK(contains(refusal([&] { encoder->forward(torch::ones({1, kSize, kSize, 3})); }), "several shapes"));
}
