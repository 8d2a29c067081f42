#include "vision/drawing/scan_path.hpp"

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgproc.hpp>

#include "core/base/error.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/drawing/cell_frame.hpp"
#include "vision/drawing/fixations.hpp"
#include "vision/drawing/overlay.hpp"

using namespace saccade;
using namespace saccade::test;
using vision::Fixation;
using vision::Font;
using vision::lay_out_fixations;
using vision::scan_path;
using vision::scan_paths;
using vision::ScanPathOptions;

namespace {

const Font& font() {
  static const Font font(std::filesystem::path(SACCADE_ASSETS) / "fonts" / "DejaVuSans.ttf");
  return font;
}

Caption caption_of(const std::vector<int>& cells, const Grid& grid) {
  Caption caption;
  caption.words.assign(cells.size(), "word");
  caption.cells = cells;
  caption.grid = grid;
  caption.alpha.assign(cells.size() * static_cast<std::size_t>(grid.cells()), 1.0F / static_cast<float>(grid.cells()));
  return caption;
}

cv::Mat path_of(const cv::Mat& photo, const Caption& caption, const ScanPathOptions& options = {}) {
  return scan_path(photo, caption, {photo.size(), 224}, options, font());
}

bool overlap(const Fixation& one, const Fixation& other) {
  return cv::norm(one.center - other.center) < one.radius + other.radius;
}

std::vector<int> to_and_fro(std::size_t words, int one, int other) {
  std::vector<int> cells;
  for (std::size_t word = 0; word < words; ++word) cells.push_back(word % 2 == 0 ? one : other);
  return cells;
}

const cv::Size kPicture(900, 600);
const Grid kGrid{7, 7, 0.5};

}  // namespace

TEST_CASE("the rectangle of a cell is its tile, shifted and clipped") {
  CHECK(vision::cell_rectangle(9, {7, 7, 0}, {700, 350}) == cv::Rect(200, 50, 100, 50));
  CHECK(vision::cell_rectangle(9, {7, 7, 0.5}, {700, 350}) == cv::Rect(250, 75, 100, 50));
  CHECK(vision::cell_rectangle(0, {7, 7, 0.5}, {700, 350}) == cv::Rect(50, 25, 100, 50));
  CHECK(vision::cell_rectangle(48, {7, 7, 0.5}, {700, 350}) == cv::Rect(650, 325, 50, 25));
  CHECK(vision::cell_rectangle(48, {7, 7, 3}, {700, 350}) == cv::Rect(699, 349, 1, 1));
  CHECK(vision::cell_rectangle(0, {1, 1, 0}, {5, 3}) == cv::Rect(0, 0, 5, 3));
  CHECK_FALSE(vision::cell_rectangle(100, {14, 14, 0.5}, {5, 3}).empty());
  CHECK_THROWS_WITH_AS(vision::cell_rectangle(49, kGrid, kPicture), "a grid of 49 cells has no cell 49", Error);
  CHECK_THROWS_AS(vision::cell_rectangle(-1, kGrid, kPicture), Error);
}

TEST_CASE("a fixation is a run of words on one cell, and its number is that of the word") {
  const auto fixations = lay_out_fixations(caption_of({10, 24, 24, 24, 10, 3}, kGrid), kPicture, 18);
  REQUIRE(fixations.size() == 4);
  const std::vector<std::string> labels{"1", "2-4", "5", "6"};
  const std::vector<int> cells{10, 24, 10, 3};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    CHECK(fixations[i].label() == labels[i]);
    CHECK(fixations[i].cell == cells[i]);
  }
  CHECK(fixations[0].radius == 18);
  CHECK(fixations[1].radius == doctest::Approx(18 * std::sqrt(3.0)).epsilon(0.05));
}

TEST_CASE("the disc of a cell's first fixation is at the center of the cell") {
  for (const double shift : {0.0, 0.5}) {
    const Grid grid{7, 7, shift};
    for (int cell = 0; cell < grid.cells(); ++cell) {
      CAPTURE(cell);
      const Fixation fixation = lay_out_fixations(caption_of({cell}, grid), kPicture, 18)[0];
      const cv::Rect place = vision::cell_rectangle(cell, grid, kPicture);
      CHECK(cv::norm(fixation.center - (place.tl() + place.br()) / 2) <= 2);
      const cv::Point reach(fixation.radius, fixation.radius);
      CHECK(cv::Rect({}, kPicture).contains(fixation.center - reach));
      CHECK(cv::Rect({}, kPicture).contains(fixation.center + reach));
    }
  }
}

TEST_CASE("discs at the border stay within the photo") {
  const Grid grid{14, 14, 0.5};
  const Fixation fixation = lay_out_fixations(caption_of({195}, grid), kPicture, 18)[0];
  CHECK(fixation.center.x + fixation.radius < kPicture.width);
  CHECK(fixation.center.y + fixation.radius < kPicture.height);
  const cv::Rect cell = vision::cell_rectangle(195, grid, kPicture);
  CHECK(cv::norm(fixation.center - (cell.tl() + cell.br()) / 2) < 15);
}

TEST_CASE("later fixations of a cell are placed next to the first") {
  const auto fixations = lay_out_fixations(caption_of(to_and_fro(8, 8, 40), kGrid), kPicture, 18);
  REQUIRE(fixations.size() == 8);
  for (std::size_t i = 0; i < fixations.size(); ++i) {
    CHECK(vision::cell_rectangle(fixations[i].cell, kGrid, kPicture).contains(fixations[i].center));
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(overlap(fixations[i], fixations[j]));
  }
}

TEST_CASE("discs do not overlap") {
  for (const std::vector<int>& cells : {to_and_fro(30, 24, 25), to_and_fro(30, 0, 48), to_and_fro(30, 24, 3)}) {
    const auto fixations = lay_out_fixations(caption_of(cells, kGrid), kPicture, 18);
    REQUIRE(fixations.size() == 30);
    for (std::size_t i = 0; i < fixations.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(overlap(fixations[i], fixations[j]));
    }
  }
  // If thirty discs do not fit, they have at least different positions.
  const auto crowded = lay_out_fixations(caption_of(to_and_fro(30, 0, 1), {1, 2}), {300, 8}, 18);
  for (std::size_t i = 0; i < crowded.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(crowded[i].center != crowded[j].center);
  }
}

TEST_CASE("thirty words on one cell are one fixation") {
  const auto fixations = lay_out_fixations(caption_of(std::vector<int>(30, 24), kGrid), kPicture, 18);
  REQUIRE(fixations.size() == 1);
  CHECK(fixations[0].label() == "1-30");
}

TEST_CASE("a scan path shows a pale photo with colored discs in order") {
  const cv::Mat photo(600, 900, CV_8UC3, cv::Scalar(40, 90, 160));
  const Caption caption = caption_of({8, 12, 40}, kGrid);
  const cv::Mat path = path_of(photo, caption);
  REQUIRE(path.type() == CV_8UC3);
  const int margin = (path.cols - 900) / 2;
  const auto& pale = path.at<cv::Vec3b>(margin + 5, margin + 5);
  for (int channel = 0; channel < 3; ++channel) CHECK(pale[channel] > photo.at<cv::Vec3b>(5, 5)[channel]);
  CHECK(path.at<cv::Vec3b>(0, 0) == cv::Vec3b(255, 255, 255));

  const auto fixations = lay_out_fixations(caption, photo.size(), 18);
  const cv::Mat colors = vision::color_scale(3);
  for (std::size_t i = 0; i < fixations.size(); ++i) {
    // Below the number, inside the rim.
    const cv::Point at = cv::Point(margin, margin) + fixations[i].center + cv::Point(0, 11);
    CHECK(path.at<cv::Vec3b>(at) == colors.at<cv::Vec3b>(0, static_cast<int>(i)));
  }
}

TEST_CASE("saccades connect only consecutive fixations") {
  const cv::Mat photo(600, 900, CV_8UC3, cv::Scalar::all(120));
  const auto crossed = [&](const cv::Mat& path, int x) {
    const int margin = (path.cols - 900) / 2;
    const cv::Mat column = path(cv::Rect(margin + x, margin, 1, 600));
    return largest_difference(column, cv::Mat(column.size(), CV_8UC3, cv::Scalar(path.at<cv::Vec3b>(margin, margin)))) >
           0;
  };
  const cv::Mat joined = path_of(photo, caption_of({22, 26}, kGrid));
  CHECK(crossed(joined, 450));
  CHECK_FALSE(crossed(joined, 100));
  CHECK_FALSE(crossed(path_of(photo, caption_of({22, 22}, kGrid)), 450));
  // 0 -> 21 -> 0 -> 21 stays on the left; a line to a cell on the right would cross the center.
  CHECK_FALSE(crossed(path_of(photo, caption_of({0, 21, 0, 21}, kGrid)), 450));
}

TEST_CASE("the words are below the photo, on as many lines as necessary") {
  const cv::Mat photo(600, 900, CV_8UC3, cv::Scalar::all(120));
  const cv::Mat few = path_of(photo, caption_of({1, 2}, kGrid));
  const cv::Mat many = path_of(photo, caption_of(to_and_fro(30, 1, 2), kGrid));
  CHECK(few.cols == many.cols);
  CHECK(few.rows < many.rows);
  cv::Mat gray;
  cv::cvtColor(few.rowRange(625, few.rows), gray, cv::COLOR_BGR2GRAY);
  CHECK(cv::countNonZero(gray < 100) > 200);
  CHECK(cv::countNonZero(gray.row(gray.rows - 1) < 255) == 0);
}

TEST_CASE("scan paths are drawn for every shape of photo, grid and caption") {
  Caption endless = caption_of({0, 1, 2}, kGrid);
  endless.words = {std::string(300, 'w'), "", "Жёлтый"};
  const std::vector<Caption> captions{caption_of({0}, {1, 1}),
                                      caption_of(std::vector<int>(30, 0), {1, 1, 0.5}),
                                      caption_of(std::vector<int>(30, 48), kGrid),
                                      caption_of(to_and_fro(30, 47, 48), kGrid),
                                      caption_of(to_and_fro(9, 0, 195), {14, 14, 0.5}),
                                      endless};
  for (const cv::Size shape : {cv::Size(5, 3), cv::Size(1, 1), cv::Size(4000, 100), cv::Size(100, 4000),
                               cv::Size(3000, 2), cv::Size(640, 427)}) {
    CAPTURE(shape.width);
    for (const Caption& caption : captions) {
      for (const int side : {1, 60, 900}) {
        const cv::Mat path = path_of(corner_picture(shape.width, shape.height), caption, {side, 0});
        CHECK(path.cols > std::min(side, 220));
        CHECK(path.cols < 1000);
      }
    }
  }
}

TEST_CASE("several scan paths share one page") {
  const cv::Mat photo = corner_picture(900, 600);
  const vision::Geometry geometry{photo.size(), 224};
  const Caption one = caption_of({1, 9, 30}, kGrid), other = caption_of({40, 3}, kGrid);
  CHECK(largest_difference(scan_paths(photo, {one}, geometry, {}, font()), path_of(photo, one)) == 0);

  const cv::Mat left = path_of(photo, one, {600, 0}), right = path_of(photo, other, {600, 0});
  const cv::Mat pair = scan_paths(photo, {one, other}, geometry, {}, font());
  REQUIRE(pair.size() == cv::Size(left.cols + right.cols, std::max(left.rows, right.rows)));
  CHECK(largest_difference(pair(cv::Rect({}, left.size())), left) == 0);
  CHECK(largest_difference(pair(cv::Rect({left.cols, 0}, right.size())), right) == 0);

  const cv::Mat four = scan_paths(photo, {one, other, one, other}, geometry, {}, font());
  CHECK(four.size() == cv::Size(pair.cols, 2 * pair.rows));
  const cv::Mat column = scan_paths(photo, {one, other}, geometry, {900, 1}, font());
  CHECK(column.size() == cv::Size(left.cols, 2 * pair.rows));
}

TEST_CASE("captions without a scan path are refused") {
  const cv::Mat photo = corner_picture(90, 60);
  const vision::Geometry geometry{photo.size(), 224};
  Caption soft = caption_of({1, 2}, kGrid);
  soft.cells.clear();
  CHECK_THROWS_WITH_AS(path_of(photo, soft), "a scan path needs a caption whose words each saw one cell", Error);
  CHECK_THROWS_AS(path_of(photo, caption_of({1, 49}, kGrid)), Error);
  Caption ragged = caption_of({1, 2}, kGrid);
  ragged.cells.pop_back();
  CHECK_THROWS_AS(path_of(photo, ragged), Error);
  CHECK_THROWS_AS(scan_path(photo, caption_of({1}, kGrid), {{60, 90}, 224}, {}, font()), Error);
  CHECK_THROWS_AS(scan_paths(photo, {}, geometry, {}, font()), Error);
  CHECK_THROWS_AS(scan_paths(photo, {caption_of({1}, kGrid), soft}, geometry, {}, font()), Error);
}
