#include "vision/drawing/contact_sheet.hpp"

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgproc.hpp>

#include "core/base/error.hpp"
#include "tests/vision/pictures.hpp"

using namespace saccade;
using namespace saccade::test;
using vision::contact_sheet;
using vision::Font;
using vision::lay_out_sheet;
using vision::SheetLayout;
using vision::SheetOptions;

namespace {

const Font& font() {
  static const Font font(std::filesystem::path(SACCADE_ASSETS) / "fonts" / "DejaVuSans.ttf");
  return font;
}

Caption caption_of(const std::vector<std::string>& words) {
  Caption caption;
  caption.words = words;
  caption.grid = {3, 3};
  for (std::size_t word = 0; word < words.size(); ++word) {
    for (std::size_t cell = 0; cell < 9; ++cell) caption.alpha.push_back(cell == word % 9 ? 0.6F : 0.05F);
  }
  return caption;
}

cv::Mat sheet_of(const cv::Mat& photo, const std::vector<std::string>& words, const SheetOptions& options = {}) {
  return contact_sheet(photo, caption_of(words), {photo.size(), 224}, options, font());
}

int dark_pixels(const cv::Mat& image) {
  cv::Mat gray;
  cv::cvtColor(image, gray, cv::COLOR_BGR2GRAY);
  return cv::countNonZero(gray < 200);
}

const std::vector<cv::Size> kShapes{{640, 427},  {427, 640}, {500, 500}, {2000, 100},
                                    {100, 2000}, {8, 8},     {1, 1},     {3000, 2}};

}  // namespace

TEST_CASE("a sheet has the photo and one tile per word in reading order, without overlaps") {
  for (const cv::Size& shape : kShapes) {
    for (const std::size_t tiles : {1U, 2U, 3U, 7U, 12U, 31U}) {
      CAPTURE(shape.width);
      CAPTURE(tiles);
      const SheetLayout layout = lay_out_sheet(shape, tiles, 30, {});
      REQUIRE(layout.pictures.size() == tiles);
      REQUIRE(layout.labels.size() == tiles);
      const cv::Rect all(cv::Point(), layout.sheet);
      for (std::size_t i = 0; i < tiles; ++i) {
        CHECK(layout.pictures[i].size() == layout.tile);
        CHECK((layout.pictures[i] & all) == layout.pictures[i]);
        CHECK((layout.labels[i] & all) == layout.labels[i]);
        CHECK(layout.labels[i].y >= layout.pictures[i].y + layout.pictures[i].height);
        if (i == 0) continue;
        const cv::Point before = layout.pictures[i - 1].tl(), now = layout.pictures[i].tl();
        CHECK((now.y > before.y || (now.y == before.y && now.x > before.x)));
        for (std::size_t j = 0; j < i; ++j) {
          CHECK((layout.pictures[i] & (layout.pictures[j] | layout.labels[j])).empty());
          CHECK((layout.labels[i] & (layout.pictures[j] | layout.labels[j])).empty());
        }
      }
    }
  }
}

TEST_CASE("tiles keep the aspect ratio of the photo and are large enough to print") {
  for (const cv::Size& shape : {cv::Size(640, 427), cv::Size(427, 640), cv::Size(500, 500), cv::Size(6000, 4000)}) {
    const cv::Size tile = vision::tile_size(shape, {});
    CHECK(static_cast<double>(tile.width) / tile.height ==
          doctest::Approx(static_cast<double>(shape.width) / shape.height).epsilon(0.02));
    CHECK(std::max(tile.width, tile.height) >= 240);
    CHECK(std::max(tile.width, tile.height) <= 320);
  }
  const cv::Size panorama = vision::tile_size({2000, 100}, {});
  CHECK(panorama.width <= 700);
  CHECK(panorama.width == doctest::Approx(20 * panorama.height).epsilon(0.05));
}

TEST_CASE("the number of columns can be chosen") {
  SheetOptions options;
  options.columns = 4;
  const SheetLayout layout = lay_out_sheet({640, 427}, 10, 30, options);
  CHECK(layout.pictures[3].y == layout.pictures[0].y);
  CHECK(layout.pictures[4].y > layout.pictures[0].y);
  CHECK(layout.pictures[4].x == layout.pictures[0].x);
  options.columns = 99;
  CHECK(lay_out_sheet({640, 427}, 3, 30, options).pictures[2].y == layout.pictures[0].y);
}

TEST_CASE("the photo comes first, then the map of each word") {
  const cv::Mat photo = corner_picture(300, 200);
  const cv::Mat sheet = sheet_of(photo, {"one", "two", "three"});
  const SheetLayout layout = lay_out_sheet(photo.size(), 4, Font::line_height(20), {});
  REQUIRE(sheet.size() == layout.sheet);
  REQUIRE(sheet.type() == CV_8UC3);
  CHECK(sheet.at<cv::Vec3b>(layout.pictures[0].tl() + cv::Point(5, 5)) == cv::Vec3b(0, 0, 255));
  // Word w attends to cell w of the first row, so that third of its tile differs most from the other tiles.
  for (std::size_t word = 0; word < 3; ++word) {
    const cv::Rect& tile = layout.pictures[word + 1];
    const cv::Rect& other = layout.pictures[(word + 1) % 3 + 1];
    const cv::Point looked(tile.width * (2 * static_cast<int>(word) + 1) / 6, tile.height / 6);
    CHECK(cv::norm(sheet(tile).at<cv::Vec3b>(looked), sheet(other).at<cv::Vec3b>(looked)) > 30);
  }
}

TEST_CASE("every word is drawn completely below its tile") {
  const cv::Mat photo = corner_picture(300, 200);
  const std::vector<std::string> words{"a", "café", "Жёлтый", "skateboarding",
                                       "pneumonoultramicroscopicsilicovolcanoconiosis"};
  const cv::Mat sheet = sheet_of(photo, words);
  const SheetLayout layout = lay_out_sheet(photo.size(), words.size() + 1, Font::line_height(20), {});
  REQUIRE(sheet.size() == layout.sheet);
  for (std::size_t word = 0; word < words.size(); ++word) {
    const cv::Mat label = sheet(layout.labels[word + 1]);
    const cv::Mat expected = vision::fit_text(font(), words[word], label.cols, 20, 9);
    CHECK(largest_difference(label, expected) == 0);
    CHECK(dark_pixels(label) > 0);
    CHECK(dark_pixels(label.col(0)) == 0);
    CHECK(dark_pixels(label.col(label.cols - 1)) == 0);
    CHECK(dark_pixels(label.row(0)) == 0);
    CHECK(dark_pixels(label.row(label.rows - 1)) == 0);
  }
}

TEST_CASE("a word of any length stays within its tile") {
  const cv::Mat photo = corner_picture(30, 200);
  const cv::Mat sheet = sheet_of(photo, {"dog", std::string(300, 'w'), "cat"});
  cv::Mat rest = sheet.clone();
  // All rows of labels have the same height. The area outside of tiles and labels must be white.
  const int height = vision::fit_text(font(), std::string(300, 'w'), 96, 20, 9).rows;
  const SheetLayout layout = lay_out_sheet(photo.size(), 4, height, {});
  REQUIRE(sheet.size() == layout.sheet);
  for (const cv::Rect& area : layout.pictures) rest(area).setTo(cv::Scalar::all(255));
  for (const cv::Rect& area : layout.labels) rest(area).setTo(cv::Scalar::all(255));
  CHECK(largest_difference(rest, cv::Mat(rest.size(), CV_8UC3, cv::Scalar::all(255))) == 0);
}

TEST_CASE("sheets are drawn for photos of every shape, with every number of words") {
  for (const cv::Size& shape : kShapes) {
    for (const std::size_t count : {0U, 1U, 2U, 20U}) {
      CAPTURE(shape.width);
      CAPTURE(count);
      const cv::Mat sheet =
          sheet_of(corner_picture(shape.width, shape.height), std::vector<std::string>(count, "word"));
      CHECK(sheet.cols < 5000);
      CHECK(sheet.rows < 5000);
      CHECK_FALSE(sheet.empty());
    }
  }
}

TEST_CASE("a caption without words gives a sheet with the photo alone") {
  const cv::Mat photo = corner_picture(300, 200);
  const cv::Mat sheet = sheet_of(photo, {});
  const SheetLayout layout = lay_out_sheet(photo.size(), 1, Font::line_height(20), {});
  REQUIRE(sheet.size() == layout.sheet);
  CHECK(dark_pixels(sheet(layout.labels[0])) == 0);
  CHECK(dark_pixels(sheet(layout.pictures[0])) > 0);
}

TEST_CASE("the color bar is below the photo unless disabled") {
  const cv::Mat photo = corner_picture(300, 200);
  SheetOptions options;
  const SheetLayout layout = lay_out_sheet(photo.size(), 2, Font::line_height(20), options);
  CHECK(dark_pixels(sheet_of(photo, {"dog"}, options)(layout.labels[0])) > 100);
  options.color_bar = false;
  CHECK(dark_pixels(sheet_of(photo, {"dog"}, options)(layout.labels[0])) == 0);
}

TEST_CASE("the caption scale makes maps comparable, the word scale does not") {
  Caption caption = caption_of({"strong", "weak"});
  for (std::size_t cell = 9; cell < 18; ++cell) caption.alpha[cell] = cell == 9 ? 0.28F : 0.09F;
  const cv::Mat photo(200, 300, CV_8UC3, cv::Scalar::all(120));
  SheetOptions options;
  options.overlay.smooth = 0;
  const SheetLayout layout = lay_out_sheet(photo.size(), 3, Font::line_height(20), options);
  const auto corner = [&](const cv::Mat& sheet, std::size_t tile) {
    return sheet.at<cv::Vec3b>(layout.pictures[tile].tl() + cv::Point(10, 10));
  };
  const cv::Mat together = contact_sheet(photo, caption, {photo.size(), 224}, options, font());
  CHECK(cv::norm(corner(together, 1), corner(together, 2)) > 30);
  options.overlay.scale = vision::Scale::word;
  const cv::Mat apart = contact_sheet(photo, caption, {photo.size(), 224}, options, font());
  CHECK(cv::norm(corner(apart, 1), corner(apart, 2)) <= 2);
}

TEST_CASE("the cell that hard attention selects is framed on its tile") {
  const cv::Mat photo(300, 400, CV_8UC3, cv::Scalar::all(120));
  Caption caption = caption_of({"one", "two"});
  const SheetOptions options;
  const SheetLayout layout = lay_out_sheet(photo.size(), 3, Font::line_height(20), options);
  const vision::Geometry geometry{photo.size(), 224};
  for (const double shift : {0.0, 0.5}) {
    CAPTURE(shift);
    caption.grid.shift = shift;
    caption.cells.clear();
    const cv::Mat soft = contact_sheet(photo, caption, geometry, options, font());
    caption.cells = {4, 3};
    const cv::Mat hard = contact_sheet(photo, caption, geometry, options, font());
    REQUIRE(hard.size() == soft.size());
    cv::Mat unlike = hard.clone();
    for (std::size_t word = 0; word < 2; ++word) {
      // A tile of 280 x 210 has cells of 93.3 x 70. The white line follows the border of the cell.
      const double column = caption.cells[word] % 3 + shift, row = 1 + shift;
      const cv::Point corner =
          layout.pictures[word + 1].tl() +
          cv::Point(static_cast<int>(std::lround(column * 280 / 3)), static_cast<int>(std::lround(row * 70)));
      const int inset = caption.cells[word] == 3 && shift == 0 ? 1 : 0;  // clipped to the tile
      CHECK(hard.at<cv::Vec3b>(corner + cv::Point(inset, 35)) == cv::Vec3b(255, 255, 255));
      CHECK(hard.at<cv::Vec3b>(corner + cv::Point(2 * inset - 2, 35)) == cv::Vec3b(0, 0, 0));
      CHECK(hard.at<cv::Vec3b>(corner + cv::Point(45, 0)) == cv::Vec3b(255, 255, 255));
      CHECK(hard.at<cv::Vec3b>(corner + cv::Point(45, 1)) == cv::Vec3b(0, 0, 0));
      CHECK(hard.at<cv::Vec3b>(corner + cv::Point(93, 35)) == cv::Vec3b(255, 255, 255));
      CHECK(hard.at<cv::Vec3b>(corner + cv::Point(45, 69)) == cv::Vec3b(255, 255, 255));
      // The sheets are equal inside and outside of the frame.
      const cv::Rect inside(corner + cv::Point(4, 4), cv::Size(86, 62));
      CHECK(largest_difference(hard(inside), soft(inside)) == 0);
      const cv::Rect around = cv::Rect(corner - cv::Point(4, 4), cv::Size(102, 78)) & layout.pictures[word + 1];
      soft(around).copyTo(unlike(around));
    }
    CHECK(largest_difference(unlike, soft) == 0);
  }
}

TEST_CASE("tiles have no frames with soft attention") {
  const cv::Mat photo = corner_picture(280, 210);
  const Caption caption = caption_of({"one", "two"});
  const cv::Mat sheet = contact_sheet(photo, caption, {photo.size(), 224}, {}, font());
  const SheetLayout layout = lay_out_sheet(photo.size(), 3, Font::line_height(20), {});
  REQUIRE(layout.tile == photo.size());
  for (std::size_t word = 0; word < 2; ++word) {
    const cv::Mat weights = vision::heatmap(caption.alpha_of(word), caption.grid, photo.size(), 1);
    CHECK(largest_difference(sheet(layout.pictures[word + 1]), vision::lay_over(photo, weights, 0.6F, {})) == 0);
  }
}

TEST_CASE("a frame is visible on tiles of every shape and grids of every size") {
  for (const cv::Size& shape : {cv::Size(5, 3), cv::Size(4000, 100), cv::Size(100, 4000), cv::Size(640, 427)}) {
    for (const Grid& grid : {Grid{1, 1, 0.5}, Grid{7, 7, 0.5}, Grid{14, 14, 0}, Grid{7, 7, 1.5}}) {
      const cv::Mat photo(shape, CV_8UC3, cv::Scalar::all(120));
      Caption caption;
      caption.words = {"word"};
      caption.grid = grid;
      caption.alpha.assign(static_cast<std::size_t>(grid.cells()), 1.0F / static_cast<float>(grid.cells()));
      for (const int cell : {0, grid.cells() - 1}) {
        CAPTURE(shape.width);
        CAPTURE(cell);
        caption.cells = {cell};
        const SheetLayout layout = lay_out_sheet(shape, 2, Font::line_height(20), {});
        const cv::Mat sheet = contact_sheet(photo, caption, {shape, 224}, {}, font());
        cv::Mat white, black;
        cv::inRange(sheet(layout.pictures[1]), cv::Scalar::all(255), cv::Scalar::all(255), white);
        cv::inRange(sheet(layout.pictures[1]), cv::Scalar::all(0), cv::Scalar::all(0), black);
        CHECK(cv::countNonZero(white) >= 16);
        CHECK(cv::countNonZero(black) >= 16);
      }
    }
  }
}

TEST_CASE("a photo of another size is refused") {
  const cv::Mat photo = corner_picture(300, 200);
  CHECK_THROWS_AS(contact_sheet(photo, caption_of({"dog"}), {{200, 300}, 224}, {}, font()), Error);
}
