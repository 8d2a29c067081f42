#include "models/encoder/encoder.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::Encoder;
using models::EncoderShape;
using models::FeatureMap;
using test::difference;
using torch::Tensor;

TEST_CASE("annotations are the cells of the feature map in row-major order") {
  Encoder encoder(EncoderShape{"efficientnet-lite0", FeatureMap::kStride16, 64});
  test::randomize(encoder, 1);
  const torch::NoGradGuard no_gradient;
  const Tensor pixels = torch::randn({2, 64, 64, 3});
  const Tensor annotations = encoder.forward(pixels);
  CHECK(encoder.grid().rows == 4);
  CHECK(encoder.grid().columns == 4);
  CHECK(encoder.annotation_width() == 112);
  REQUIRE(annotations.sizes() == torch::IntArrayRef({2, 16, 112}));
  const Tensor map = encoder.backbone().forward(pixels.permute({0, 3, 1, 2}));
  for (std::int64_t row = 0; row < 4; ++row) {
    for (std::int64_t column = 0; column < 4; ++column) {
      const Tensor cell = map.select(2, row).select(2, column);  // [2, 112]
      CHECK(difference(annotations.select(1, row * 4 + column), cell) < 1e-4);
    }
  }
}

TEST_CASE("the weights' memory layout does not change the annotations") {
  Encoder encoder(EncoderShape{"efficientnet-lite0", FeatureMap::kStride16, 32});
  test::randomize(encoder, 2);
  const torch::NoGradGuard no_gradient;
  const Tensor pixels = torch::randn({1, 32, 32, 3});
  const Tensor before = encoder.forward(pixels);
  encoder.channels_last();
  CHECK(difference(encoder.forward(pixels), before) < 1e-4 * before.abs().max().item<double>());
}

TEST_CASE("an invalid input size is refused") {
  for (const int size : {-32, 0, 16, 31, 33, 100, 1056}) {
    CAPTURE(size);
    CHECK_THROWS_WITH_AS(Encoder(EncoderShape{"efficientnet-lite0", FeatureMap::kStride32, size}),
                         doctest::Contains(std::to_string(size).c_str()), Error);
  }
}

TEST_CASE("a resized encoder equals one created for that size") {
  Encoder made(EncoderShape{"efficientnet-lite0", FeatureMap::kStride16, 64});
  Encoder resized(EncoderShape{"efficientnet-lite0", FeatureMap::kStride16, 32});
  test::randomize(made, 3);
  test::randomize(resized, 3);
  resized.resize(64);
  CHECK(resized.grid().cells() == 16);
  CHECK(resized.preprocessing().input_size == 64);
  const torch::NoGradGuard no_gradient;
  const Tensor pixels = torch::randn({1, 64, 64, 3});
  CHECK(difference(resized.forward(pixels), made.forward(pixels)) == 0);
  CHECK_THROWS_WITH_AS(resized.resize(33), doctest::Contains("not 33"), Error);
}

TEST_CASE("the grid gives the offset of receptive fields") {
  // Asymmetric padding shifts the first cell's center by 1 + 2 + 4 + 8 pixels at stride 16, and by 16 more at stride
  // 32.
  using models::Encoder;
  using models::FeatureMap;
  CHECK(Encoder({"efficientnet-lite0", FeatureMap::kStride32, 64}).grid().shift == doctest::Approx(31.5 / 32 - 0.5));
  CHECK(Encoder({"efficientnet-lite0", FeatureMap::kStride16, 64}).grid().shift == doctest::Approx(15.5 / 16 - 0.5));
}
