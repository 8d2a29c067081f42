#include "vision/drawing/heatmap.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/core.hpp>

#include "core/base/error.hpp"

using namespace saccade;
using vision::full_weight;
using vision::heatmap;
using vision::Scale;

namespace {

std::vector<float> one_hot(const Grid& grid, int row, int column) {
  std::vector<float> alpha(static_cast<std::size_t>(grid.cells()), 0.0F);
  alpha[static_cast<std::size_t>(row * grid.columns + column)] = 1;
  return alpha;
}

std::vector<float> random_weights(const Grid& grid) {
  std::mt19937 random(3);
  std::vector<float> alpha(static_cast<std::size_t>(grid.cells()));
  for (float& weight : alpha) weight = static_cast<float>(random() % 1000) / 20000.0F;
  return alpha;
}

Caption caption_of(const Grid& grid, const std::vector<std::vector<float>>& maps) {
  Caption caption;
  caption.grid = grid;
  for (const auto& map : maps) {
    caption.words.emplace_back("word");
    caption.alpha.insert(caption.alpha.end(), map.begin(), map.end());
  }
  return caption;
}

}  // namespace

TEST_CASE("the weight of a cell peaks at its center for all shapes") {
  for (const cv::Size size : {cv::Size(640, 427), cv::Size(300, 500), cv::Size(224, 224), cv::Size(1000, 61)}) {
    for (const Grid grid : {Grid{7, 7}, Grid{8, 8}, Grid{14, 14}, Grid{3, 5}}) {
      for (const double smooth : {0.5, 1.0}) {
        for (int row = 0; row < grid.rows; ++row) {
          for (int column = 0; column < grid.columns; ++column) {
            const cv::Mat map = heatmap(one_hot(grid, row, column).data(), grid, size, smooth);
            // The center of mass is robust for flat peaks, such as those at the border or with little smoothing.
            const double x = (column + 0.5) * size.width / grid.columns;
            const double y = (row + 0.5) * size.height / grid.rows;
            CHECK(map.at<float>(static_cast<int>(y), static_cast<int>(x)) > 0.9F);
            double mass = 0, across = 0, down = 0;
            const bool inner = row > 0 && column > 0 && row < grid.rows - 1 && column < grid.columns - 1;
            for (int r = 0; inner && r < size.height; ++r) {
              for (int c = 0; c < size.width; ++c) {
                const double weight = map.at<float>(r, c);
                mass += weight;
                across += weight * (c + 0.5);
                down += weight * (r + 0.5);
              }
            }
            if (!inner) continue;
            REQUIRE(std::abs(across / mass - x) < 0.02 * size.width / grid.columns + 0.05);
            REQUIRE(std::abs(down / mass - y) < 0.02 * size.height / grid.rows + 0.05);
          }
        }
      }
    }
  }
}

TEST_CASE("without smoothing, a map shows cells with exact borders") {
  const Grid grid{7, 7};
  const cv::Mat map = heatmap(one_hot(grid, 2, 4).data(), grid, {140, 70}, 0);
  for (int row = 0; row < 70; ++row) {
    for (int column = 0; column < 140; ++column) {
      const bool inside = row >= 20 && row < 30 && column >= 80 && column < 100;
      REQUIRE(map.at<float>(row, column) == (inside ? 1.0F : 0.0F));
    }
  }
}

TEST_CASE("if cells do not align with pixels, a pixel belongs to the cell that contains its center") {
  const Grid grid{3, 3};
  const std::vector<float> alpha{0, 1, 2, 3, 4, 5, 6, 7, 8};
  const cv::Mat map = heatmap(alpha.data(), grid, {10, 11}, 0);
  for (int row = 0; row < 11; ++row) {
    for (int column = 0; column < 10; ++column) {
      const int cell = static_cast<int>((row + 0.5) * 3 / 11) * 3 + static_cast<int>((column + 0.5) * 3 / 10);
      CHECK(map.at<float>(row, column) == static_cast<float>(cell));
    }
  }
}

TEST_CASE("interpolated weights stay between those of the four surrounding cells") {
  const Grid grid{7, 7};
  const std::vector<float> alpha = random_weights(grid);
  const auto [least, most] = std::minmax_element(alpha.begin(), alpha.end());
  for (const double smooth : {0.0, 0.3, 1.0}) {
    double low = 0, high = 0;
    cv::minMaxLoc(heatmap(alpha.data(), grid, {333, 221}, smooth), &low, &high);
    CHECK(low >= *least);
    CHECK(high <= *most);
  }
}

TEST_CASE("the map at the center of a cell equals the weight of the cell") {
  const Grid grid{5, 7};
  const std::vector<float> alpha = random_weights(grid);
  const cv::Mat map = heatmap(alpha.data(), grid, {7 * 31, 5 * 31}, 1);
  for (int cell = 0; cell < grid.cells(); ++cell) {
    const float shown = map.at<float>(cell / 7 * 31 + 15, cell % 7 * 31 + 15);
    CHECK(shown == doctest::Approx(alpha[static_cast<std::size_t>(cell)]));
  }
}

TEST_CASE("a uniform map stays uniform, and the mean weight is nearly preserved") {
  const Grid grid{7, 7};
  const std::vector<float> flat(49, 1.0F / 49);
  const cv::Mat map = heatmap(flat.data(), grid, {200, 150}, 1);
  CHECK(cv::norm(map, cv::Mat(map.size(), CV_32F, cv::Scalar(1.0 / 49)), cv::NORM_INF) < 1e-6);

  const std::vector<float> alpha = random_weights(grid);
  double sum = 0;
  for (const float weight : alpha) sum += weight;
  for (const double smooth : {0.0, 1.0}) {
    CHECK(cv::mean(heatmap(alpha.data(), grid, {350, 280}, smooth))[0] == doctest::Approx(sum / 49).epsilon(0.03));
  }
}

TEST_CASE("flipping the weights flips the map") {
  const Grid grid{4, 6};
  std::vector<float> alpha = random_weights(grid);
  const cv::Mat map = heatmap(alpha.data(), grid, {101, 67}, 1);
  for (int row = 0; row < grid.rows; ++row) {
    std::reverse(alpha.begin() + row * grid.columns, alpha.begin() + (row + 1) * grid.columns);
  }
  cv::Mat mirrored;
  cv::flip(heatmap(alpha.data(), grid, {101, 67}, 1), mirrored, 1);
  CHECK(cv::norm(map, mirrored, cv::NORM_INF) < 1e-6);
}

TEST_CASE("maps of one cell, of one pixel and of fewer pixels than cells are drawn") {
  const float whole = 1;
  CHECK(cv::norm(heatmap(&whole, {1, 1}, {9, 5}, 1), cv::Mat::ones(5, 9, CV_32F), cv::NORM_INF) == 0);
  const std::vector<float> alpha = random_weights({14, 14});
  CHECK(heatmap(alpha.data(), {14, 14}, {1, 1}, 1).total() == 1);
  CHECK(heatmap(alpha.data(), {14, 14}, {8, 8}, 0).size() == cv::Size(8, 8));
}

TEST_CASE("an invalid smoothness or grid is refused") {
  const float whole = 1;
  CHECK_THROWS_WITH_AS(heatmap(&whole, {1, 1}, {9, 5}, -0.5),
                       "the smoothness of a heatmap is -0.5; it must be from 0 to 1", Error);
  CHECK_THROWS_AS(heatmap(&whole, {1, 1}, {9, 5}, 1.5), Error);
  CHECK_THROWS_AS(heatmap(&whole, {1, 1}, {9, 5}, std::nan("")), Error);
  CHECK_THROWS_AS(heatmap(&whole, {0, 1}, {9, 5}, 1), Error);
}

TEST_CASE("words share one scale unless each word has its own") {
  const Grid grid{2, 5};
  std::vector<float> weak(10, 0.075F), strong(10, 0.0F);
  weak[3] = 0.325F;
  strong[7] = 0.8F;
  strong[8] = 0.2F;
  const Caption caption = caption_of(grid, {weak, strong});
  CHECK(full_weight(caption, 0, Scale::caption) == doctest::Approx(0.8));
  CHECK(full_weight(caption, 1, Scale::caption) == doctest::Approx(0.8));
  CHECK(full_weight(caption, 0, Scale::word) == doctest::Approx(0.325));
  CHECK(full_weight(caption, 1, Scale::word) == doctest::Approx(0.8));
}

TEST_CASE("a uniform map is drawn in a pale color") {
  const Grid grid{7, 7};
  const Caption caption = caption_of(grid, {std::vector<float>(49, 1.0F / 49)});
  CHECK(full_weight(caption, 0, Scale::caption) == doctest::Approx(2.0 / 49));
  CHECK(full_weight(caption, 0, Scale::word) == doctest::Approx(2.0 / 49));
  CHECK(full_weight(caption_of({1, 1}, {{1}}), 0, Scale::caption) == 1);
  CHECK(full_weight(caption_of(grid, {}), 0, Scale::caption) > 0);
}

TEST_CASE("a shifted grid is drawn at the shifted position") {
  std::vector<float> alpha(16, 0.0F);
  alpha[5] = 1;  // row 1, column 1
  const cv::Mat map = heatmap(alpha.data(), {4, 4, 0.5}, {80, 40}, 1);
  double most = 0;
  cv::Point peak;
  cv::minMaxLoc(map, nullptr, &most, nullptr, &peak);
  CHECK(std::abs(peak.x - 2 * 20) <= 1);
  CHECK(std::abs(peak.y - 2 * 10) <= 1);
  const cv::Mat cells = heatmap(alpha.data(), {4, 4, 0.5}, {80, 40}, 0);
  CHECK(cells.at<float>(20, 29) == 0.0F);
  CHECK(cells.at<float>(20, 30) == 1.0F);
  CHECK(cells.at<float>(20, 49) == 1.0F);
  CHECK(cells.at<float>(20, 50) == 0.0F);
}
