#include "vision/drawing/overlay.hpp"

#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/core.hpp>

#include "core/base/error.hpp"
#include "tests/vision/pictures.hpp"

using namespace saccade;
using namespace saccade::test;
using vision::OverlayOptions;
using vision::word_overlay;

namespace {

const Grid kGrid{4, 4};

/// Word 0 attends only to cell (1, 2), word 1 gives that cell half of its weight, and word 2 has equal weights.
Caption caption() {
  Caption caption;
  caption.words = {"strong", "weak", "flat"};
  caption.grid = kGrid;
  caption.alpha.assign(48, 0.0F);
  caption.alpha[6] = 1;
  for (std::size_t cell = 0; cell < 16; ++cell) caption.alpha[16 + cell] = cell == 6 ? 0.5F : 0.5F / 15;
  for (std::size_t cell = 0; cell < 16; ++cell) caption.alpha[32 + cell] = 1.0F / 16;
  return caption;
}

double difference_at(const cv::Mat& one, const cv::Mat& other, cv::Point at) {
  return cv::norm(one.at<cv::Vec3b>(at), other.at<cv::Vec3b>(at));
}

const cv::Size kPhoto(200, 120);
const cv::Point kCenter(125, 45);  // the center of cell (1, 2)
const cv::Point kFar(10, 110);
const vision::Geometry kGeometry{kPhoto, 224};

}  // namespace

TEST_CASE("where the weight is 0, the photo is only desaturated") {
  const cv::Mat photo = corner_picture(kPhoto.width, kPhoto.height);
  const cv::Mat overlay = word_overlay(photo, caption(), 0, kGeometry, {});
  REQUIRE(overlay.size() == photo.size());
  REQUIRE(overlay.type() == CV_8UC3);
  const auto& before = photo.at<cv::Vec3b>(3, 3);  // pure red
  const auto& after = overlay.at<cv::Vec3b>(3, 3);
  CHECK(after[2] > after[1]);
  CHECK(after[2] - after[1] < before[2] - before[1]);

  const cv::Mat gray(kPhoto, CV_8UC3, cv::Scalar::all(140));
  CHECK(difference_at(word_overlay(gray, caption(), 0, kGeometry, {}), gray, kFar) <= 2);
}

TEST_CASE("the tint is strongest at the largest weight, and the photo stays visible") {
  const cv::Mat bright(kPhoto, CV_8UC3, cv::Scalar::all(200));
  const cv::Mat dark(kPhoto, CV_8UC3, cv::Scalar::all(40));
  const cv::Mat over_bright = word_overlay(bright, caption(), 0, kGeometry, {});
  const cv::Mat over_dark = word_overlay(dark, caption(), 0, kGeometry, {});
  cv::Mat change;
  cv::absdiff(over_dark, dark, change);
  std::vector<cv::Mat> channels;
  cv::split(change, channels);
  cv::Point strongest;
  cv::minMaxLoc(channels[2], nullptr, nullptr, nullptr, &strongest);
  CHECK(std::abs(strongest.x - kCenter.x) <= 2);
  CHECK(std::abs(strongest.y - kCenter.y) <= 2);
  CHECK(difference_at(over_bright, over_dark, kCenter) > 40);
}

TEST_CASE("a weak word is fainter than a strong one on the caption scale but not on the word scale") {
  const cv::Mat photo(kPhoto, CV_8UC3, cv::Scalar::all(120));
  OverlayOptions options;
  const cv::Mat strong = word_overlay(photo, caption(), 0, kGeometry, options);
  CHECK(difference_at(word_overlay(photo, caption(), 1, kGeometry, options), strong, kCenter) > 30);
  options.scale = vision::Scale::word;
  CHECK(difference_at(word_overlay(photo, caption(), 1, kGeometry, options), strong, kCenter) <= 2);
}

TEST_CASE("a uniform map gives a uniform tint") {
  const cv::Mat photo(kPhoto, CV_8UC3, cv::Scalar::all(120));
  for (const vision::Scale scale : {vision::Scale::caption, vision::Scale::word}) {
    OverlayOptions options;
    options.scale = scale;
    const cv::Mat overlay = word_overlay(photo, caption(), 2, kGeometry, options);
    CHECK(largest_difference(overlay, cv::Mat(kPhoto, CV_8UC3, cv::Scalar(overlay.at<cv::Vec3b>(0, 0)))) == 0);
  }
}

TEST_CASE("without smoothing, the tint ends at the border of the cell") {
  const cv::Mat photo(kPhoto, CV_8UC3, cv::Scalar::all(120));
  OverlayOptions options;
  options.smooth = 0;
  const cv::Mat overlay = word_overlay(photo, caption(), 0, kGeometry, options);
  for (const cv::Point inside : {cv::Point(100, 30), cv::Point(149, 59)}) {
    CHECK(difference_at(overlay, photo, inside) > 60);
  }
  for (const cv::Point outside : {cv::Point(99, 30), cv::Point(150, 45), cv::Point(125, 29), cv::Point(125, 60)}) {
    CHECK(difference_at(overlay, photo, outside) <= 2);
  }
}

TEST_CASE("NaN weights are drawn as zero") {
  Caption broken = caption();
  broken.alpha[0] = std::numeric_limits<float>::quiet_NaN();
  broken.alpha[6] = std::numeric_limits<float>::infinity();
  const cv::Mat photo(kPhoto, CV_8UC3, cv::Scalar::all(120));
  CHECK(word_overlay(photo, broken, 0, kGeometry, {}).size() == kPhoto);
}

TEST_CASE("the frame of a cell scales with the photo") {
  Caption hard = caption();
  hard.cells = {6, 0, 15};
  const auto white_across = [&](cv::Size size) {
    const cv::Mat photo(size, CV_8UC3, cv::Scalar::all(120));
    const cv::Mat overlay = word_overlay(photo, hard, 0, {size, 224}, {});
    // From the center of cell (1, 2) to the center of the next cell, across one side of the frame.
    const int row = size.height * 3 / 8;
    int white = 0;
    for (int x = size.width * 5 / 8; x < size.width * 7 / 8; ++x) {
      if (overlay.at<cv::Vec3b>(row, x) == cv::Vec3b(255, 255, 255)) ++white;
    }
    return white;
  };
  CHECK(white_across({280, 210}) == 2);
  CHECK(white_across({2800, 2100}) == 20);

  const cv::Mat photo(kPhoto, CV_8UC3, cv::Scalar::all(120));
  const cv::Mat framed = word_overlay(photo, hard, 0, kGeometry, {});
  CHECK(framed.at<cv::Vec3b>(45, 100) == cv::Vec3b(255, 255, 255));  // the left border of cell (1, 2)
  CHECK(framed.at<cv::Vec3b>(45, 98) == cv::Vec3b(0, 0, 0));
  CHECK(difference_at(framed, word_overlay(photo, caption(), 0, kGeometry, {}), kCenter) == 0);
  CHECK(difference_at(framed, word_overlay(photo, caption(), 0, kGeometry, {}), kFar) == 0);
}

TEST_CASE("inconsistent arguments are refused") {
  const cv::Mat photo = corner_picture(kPhoto.width, kPhoto.height);
  CHECK_THROWS_WITH_AS(word_overlay(photo, caption(), 3, kGeometry, {}), "the caption has 3 words; there is no word 3",
                       Error);
  CHECK_THROWS_AS(word_overlay(corner_picture(20, 12), caption(), 0, kGeometry, {}), Error);
  Caption ragged = caption();
  ragged.alpha.pop_back();
  CHECK_THROWS_WITH_AS(word_overlay(photo, ragged, 0, kGeometry, {}),
                       "a caption of 3 words on a grid of 16 cells cannot have 47 attention weights", Error);
  Caption gridless = caption();
  gridless.grid = {};
  CHECK_THROWS_AS(word_overlay(photo, gridless, 0, kGeometry, {}), Error);
  Caption hard = caption();
  hard.cells = {1, 2};
  CHECK_THROWS_WITH_AS(word_overlay(photo, hard, 0, kGeometry, {}),
                       "a caption of 3 words cannot have seen 2 cells: each word sees one, or none does", Error);
  for (const int cell : {-1, 16}) {
    hard.cells = {1, 2, cell};
    CHECK_THROWS_AS(word_overlay(photo, hard, 0, kGeometry, {}), Error);
  }
  CHECK_THROWS_WITH_AS(word_overlay(photo, hard, 0, kGeometry, {}),
                       "a word cannot have seen cell 16 of a grid of 16 cells, numbered from 0", Error);
}
