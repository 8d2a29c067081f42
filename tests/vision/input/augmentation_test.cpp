#include "vision/input/augmentation.hpp"

#include <random>

#include <doctest/doctest.h>
#include <opencv2/core.hpp>

#include "tests/vision/pictures.hpp"

using namespace saccade;
using vision::augment;
using vision::Augmentation;

TEST_CASE("augmentation keeps at least the minimum share of an image") {
  const cv::Mat picture = test::corner_picture(100, 60);
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    const cv::Mat varied = augment(picture, {}, random);
    REQUIRE(varied.type() == CV_8UC3);
    CHECK(varied.cols >= 80);
    CHECK(varied.cols <= 100);
    CHECK(varied.rows >= 48);
    CHECK(varied.rows <= 60);
  }
}

TEST_CASE("augmentation depends on the seed and does not change its input") {
  const cv::Mat picture = test::corner_picture(100, 60);
  const cv::Mat before = picture.clone();
  std::mt19937_64 one(5), other(5);
  for (int round = 0; round < 20; ++round) {
    CHECK(test::largest_difference(augment(picture, {}, one), augment(picture, {}, other)) == 0);
  }
  CHECK(test::largest_difference(picture, before) == 0);
}

TEST_CASE("with zero limits, augmentation returns the input") {
  const cv::Mat picture = test::corner_picture(100, 60);
  std::mt19937_64 random(1);
  const Augmentation none{1, 0, 0, false};
  CHECK(test::largest_difference(augment(picture, none, random), picture) == 0);
}

TEST_CASE("about half of the augmented images are flipped") {
  cv::Mat picture(10, 20, CV_8UC3, cv::Scalar::all(0));
  picture.colRange(0, 10).setTo(cv::Scalar::all(200));
  std::mt19937_64 random(2);
  int mirrored = 0;
  for (int round = 0; round < 400; ++round) mirrored += augment(picture, {1, 0, 0, true}, random).data[0] == 0 ? 1 : 0;
  CHECK(mirrored > 150);
  CHECK(mirrored < 250);
}

TEST_CASE("an image of one pixel can be augmented") {
  std::mt19937_64 random(3);
  const cv::Mat pixel(1, 1, CV_8UC3, cv::Scalar::all(7));
  for (int round = 0; round < 50; ++round) CHECK(augment(pixel, {}, random).total() == 1);
}
