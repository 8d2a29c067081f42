#include "vision/input/preprocessing.hpp"

#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgproc.hpp>

#include "core/base/error.hpp"
#include "tests/vision/pictures.hpp"

using namespace saccade;
using namespace saccade::test;
using vision::preprocess;
using vision::Preprocessed;
using vision::Preprocessing;

namespace {

Preprocessing plain(int side) {
  Preprocessing preprocessing;
  preprocessing.input_size = side;
  preprocessing.mean = {0, 0, 0};
  preprocessing.scale = {1, 1, 1};
  return preprocessing;
}

}  // namespace

TEST_CASE("an image of the input size is not resampled, and the channels are last, in RGB order") {
  const cv::Mat picture = corner_picture(40, 40);
  const Preprocessed preprocessed = preprocess(picture, plain(40));
  REQUIRE(preprocessed.pixels.size() == 40 * 40 * 3);
  std::size_t at = 0;
  for (int row = 0; row < 40; ++row) {
    for (int column = 0; column < 40; ++column) {
      const auto& pixel = picture.at<cv::Vec3b>(row, column);
      for (const int channel : {2, 1, 0}) REQUIRE(preprocessed.pixels[at++] == pixel[channel]);
    }
  }
}

TEST_CASE("values are (pixel - mean) * scale, with separate means and scales for red, green and blue") {
  Preprocessing preprocessing = plain(2);
  preprocessing.mean = {10, 20, 30};
  preprocessing.scale = {0.5F, 0.25F, 2};
  const cv::Mat picture(2, 2, CV_8UC3, cv::Scalar(90, 60, 50));  // blue, green, red
  const std::vector<float> pixels = preprocess(picture, preprocessing).pixels;
  for (std::size_t i = 0; i < pixels.size(); i += 3) {
    CHECK(pixels[i] == doctest::Approx(20));
    CHECK(pixels[i + 1] == doctest::Approx(10));
    CHECK(pixels[i + 2] == doctest::Approx(120));
  }
}

TEST_CASE("the whole image is resized to the square") {
  for (const cv::Size size : {cv::Size(300, 90), cv::Size(90, 300), cv::Size(20, 15), cv::Size(500, 20)}) {
    CAPTURE(size.width);
    const std::vector<float> pixels = preprocess(corner_picture(size.width, size.height), plain(60)).pixels;
    const auto red = [&](int row, int column) { return pixels[static_cast<std::size_t>(row * 60 + column) * 3]; };
    CHECK(red(0, 0) > 200);   // the red corner
    CHECK(red(59, 0) < 60);   // the black corner
    CHECK(red(59, 59) < 60);  // the blue corner
    CHECK(red(30, 30) > 90);  // the background
  }
}

TEST_CASE("downscaling averages all pixels and preserves the mean") {
  const cv::Mat picture = corner_picture(640, 480);
  const std::vector<float> pixels = preprocess(picture, plain(32)).pixels;
  const double mean = std::accumulate(pixels.begin(), pixels.end(), 0.0) / static_cast<double>(pixels.size());
  const cv::Scalar expected = cv::mean(picture);
  CHECK(mean == doctest::Approx((expected[0] + expected[1] + expected[2]) / 3).epsilon(0.002));
}

TEST_CASE("preprocessing into a batch writes the same values and no others") {
  const cv::Mat picture = corner_picture(50, 30);
  const Preprocessing preprocessing;
  std::vector<float> batch(preprocessing.values() * 2 + 1, -7);
  const vision::Geometry geometry = preprocess(picture, preprocessing, batch.data() + preprocessing.values());
  const Preprocessed alone = preprocess(picture, preprocessing);
  CHECK(
      std::equal(alone.pixels.begin(), alone.pixels.end(), batch.begin() + static_cast<long>(preprocessing.values())));
  CHECK(batch[preprocessing.values() - 1] == -7);
  CHECK(batch.back() == -7);
  CHECK(geometry.original == alone.geometry.original);
}

TEST_CASE("images of one pixel and extreme shapes are preprocessed") {
  for (const cv::Size size : {cv::Size(1, 1), cv::Size(8, 8), cv::Size(2000, 1), cv::Size(1, 2000)}) {
    const cv::Mat picture(size, CV_8UC3, cv::Scalar::all(50));
    for (const float value : preprocess(picture, plain(24)).pixels) REQUIRE(value == 50);
  }
}

TEST_CASE("images that cannot be preprocessed are refused") {
  CHECK_THROWS_AS(preprocess(cv::Mat(), plain(24)), Error);
  CHECK_THROWS_AS(preprocess(cv::Mat(4, 4, CV_8UC1), plain(24)), Error);
  CHECK_THROWS_WITH(preprocess(corner_picture(9, 9), plain(0)), "the network's input size is 0; it must be at least 1");
  CHECK_THROWS_AS(preprocess(corner_picture(9, 9), plain(-3)), Error);
}

TEST_CASE("cells cover the input and the original without gaps") {
  const vision::Geometry geometry = preprocess(corner_picture(300, 90), Preprocessing{}).geometry;
  CHECK(geometry.original == cv::Size(300, 90));
  CHECK(geometry.input_size == 224);
  const Grid grid{7, 7};
  CHECK(geometry.cell_in_input(grid, 0, 0) == cv::Rect2d(0, 0, 32, 32));
  CHECK(geometry.cell_in_input(grid, 6, 2) == cv::Rect2d(64, 192, 32, 32));
  const Grid uneven{3, 4};
  CHECK(geometry.cell_in_original(uneven, 0, 0) == cv::Rect2d(0, 0, 75, 30));
  CHECK(geometry.cell_in_original(uneven, 2, 3) == cv::Rect2d(225, 60, 75, 30));
}
