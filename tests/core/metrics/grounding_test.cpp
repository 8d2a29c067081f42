#include "core/metrics/grounding.hpp"

#include <doctest/doctest.h>

#include "core/base/error.hpp"

// Tests the grounding scores on hand-made photos and maps.

using namespace saccade;
using metrics::ground;

namespace {

using Approx = doctest::Approx;

/// A photo with a dog in the left half and a ball in the center of the right half.
AnnotatedPhoto dog_and_ball() {
  AnnotatedPhoto photo;
  photo.image = "dog.jpg";
  photo.boxes = {{"dog", {{0, 0, 0.5, 1}}}, {"ball", {{0.625, 0.25, 0.875, 0.75}}}};
  photo.captions = {{{"a", "Dog", "sees", "a", "ball"}, {{0, 1, "dog", {}}, {3, 4, "ball", {}}}},
                    {{"an", "animal", "outside"}, {{0, 1, "dog", {}}, {2, 2, "nothing", {}}}}};
  return photo;
}

}  // namespace

TEST_CASE("correctness is the attention mass within the boxes") {
  const Grid grid{1, 2};
  const float alpha[] = {0.75F, 0.25F};
  const auto left_half = ground({{0, 0, 0.5, 1}}, alpha, grid);
  CHECK(left_half.correctness == Approx(0.75));
  CHECK(left_half.uniform == Approx(0.5));
  // The box covers half of the left cell and a quarter of the right cell.
  const auto both = ground({{0.25, 0, 0.625, 1}}, alpha, grid);
  CHECK(both.correctness == Approx(0.75 * 0.5 + 0.25 * 0.25));
  CHECK(both.uniform == Approx(0.375));
  CHECK(ground({}, alpha, grid).correctness == 0);
  CHECK(ground({{0, 0, 1, 1}}, alpha, grid).correctness == Approx(1));
}

TEST_CASE("overlapping boxes and boxes that extend beyond the photo are counted once") {
  const Grid grid{2, 2};
  const float alpha[] = {0.4F, 0.3F, 0.2F, 0.1F};
  const std::vector<Box> boxes{{-0.5, 0, 0.5, 0.5}, {0.25, 0.25, 0.75, 0.75}, {0, 0, 0.5, 0.5}, {0.9, 0.9, 0.9, 1}};
  const auto parts = metrics::coverage(boxes, grid);
  REQUIRE(parts.size() == 4);
  CHECK(parts[0] == Approx(1));
  for (const std::size_t i : {1U, 2U, 3U}) CHECK(parts[i] == Approx(0.25));
  CHECK(ground(boxes, alpha, grid).correctness == Approx(0.4 + 0.25 * 0.6));
  CHECK(ground(boxes, alpha, grid).uniform == Approx(0.4375));
}

TEST_CASE("the cells of a shifted grid cover the pixels nearest to their shifted centers") {
  // The centers are (0.5 + 0.5) / 2 = 0.5 and (1.5 + 0.5) / 2 = 1, with the boundary at 0.75.
  const Grid grid{1, 2, 0.5};
  const auto parts = metrics::coverage({{0.375, 0, 0.875, 1}}, grid);
  CHECK(parts[0] == Approx(0.5));
  CHECK(parts[1] == Approx(0.5));
  const float first[] = {1, 0}, second[] = {0, 1};
  CHECK(ground({{0.49, 0, 0.51, 1}}, first, grid).pointing == 1);
  CHECK(ground({{0.49, 0, 0.51, 1}}, first, {1, 2}).pointing == 0);
  CHECK(ground({{0.2, 0, 0.3, 1}}, first, grid).pointing == 0);
  CHECK(ground({{0.7, 0, 0.8, 1}}, second, {1, 2}).pointing == 1);
  // The shift moves the last cell out of the photo, so all pixels belong to the first.
  CHECK(metrics::coverage({{0, 0, 1, 1}}, {1, 2, 1}) == std::vector<double>{1, 0});
}

TEST_CASE(
    "pointing checks the center of the cell with the largest weight, and the baseline checks the center of the photo") {
  const Grid grid{2, 2};
  const float alpha[] = {0.1F, 0.6F, 0.2F, 0.1F}, tie[] = {0.1F, 0.4F, 0.4F, 0.1F};
  const std::vector<Box> top_right{{0.7, 0.2, 0.8, 0.3}}, bottom_left{{0.2, 0.7, 0.3, 0.8}},
      middle{{0.4, 0.4, 0.6, 0.6}};
  CHECK(ground(top_right, alpha, grid).pointing == 1);
  CHECK(ground(top_right, tie, grid).pointing == 1);
  CHECK(ground(bottom_left, alpha, grid).pointing == 0);
  CHECK(ground(top_right, alpha, grid).center == 0);
  CHECK(ground(middle, alpha, grid).pointing == 0);
  CHECK(ground(middle, alpha, grid).center == 1);
}

TEST_CASE("a point is the center of its pixel, so a box that ends at the edge of the photo can contain it") {
  const float second[] = {0, 1};
  const Grid grid{1, 2, 0.49};  // the second center is at 0.995
  CHECK(ground({{0.9, 0, 0.994, 1}}, second, grid).pointing == 0);
  CHECK(ground({{0.9, 0, 0.9941, 1}}, second, grid).pointing == 1);  // 83.5 / 84
  CHECK(ground({{0.5, 0.5, 0.505, 0.6}}, second, grid).center == 0);
  CHECK(ground({{0.5, 0.5, 0.6, 0.6}}, second, grid).center == 1);  // 42.5 / 84
}

TEST_CASE("in generated captions, words count if a box belongs to them") {
  Caption caption;
  caption.words = {"a", "dog", "outside", "and", "ball"};
  caption.grid = {1, 2};
  caption.alpha = {0.5F, 0.5F, 0.9F, 0.1F, 0.5F, 0.5F, 0.5F, 0.5F, 0.2F, 0.8F};
  const auto words = metrics::ground_caption(dog_and_ball(), caption);
  REQUIRE(words.size() == 2);
  CHECK(words[0].word == "dog");
  CHECK(words[0].measure.correctness == Approx(0.9));
  CHECK(words[1].word == "ball");
  CHECK(words[1].measure.correctness == Approx(0.8 * 0.25));
  CHECK(words[1].measure.pointing == 1);
}

TEST_CASE("in references, each phrase is compared with its own boxes") {
  const AnnotatedPhoto photo = dog_and_ball();
  const float alpha[] = {0.5F, 0.5F, 0.7F, 0.3F, 0.5F, 0.5F, 0.5F, 0.5F, 0.6F, 0.4F};
  const auto words = metrics::ground_reference(photo, tokenize(photo.captions[0]), alpha, {1, 2});
  REQUIRE(words.size() == 2);
  CHECK(words[0].word == "dog");
  CHECK(words[0].measure.correctness == Approx(0.7));
  CHECK(words[1].word == "ball");
  CHECK(words[1].measure.correctness == Approx(0.1));
  CHECK(words[1].measure.pointing == 0);
  CHECK(metrics::ground_reference(photo, tokenize(photo.captions[1]), alpha, {1, 2}).size() == 1);
}

TEST_CASE("a summary contains means over words, intervals over photos and the most frequent words") {
  metrics::GroundingSummary summary;
  summary.add_photo({{"dog", {1, 0.5, 1, 0}}, {"ball", {0.5, 0.25, 0, 0}}});
  summary.add_photo({});
  summary.add_photo({{"dog", {0, 0.75, 0, 1}}, {"cat", {0.1, 0.5, 1, 1}}});
  CHECK(summary.words() == 4);
  CHECK(summary.photos() == 3);
  const auto scores = summary.scores({});
  REQUIRE(scores.size() == 4);
  CHECK(scores[0].name == "correctness");
  CHECK(scores[0].score == Approx(0.4));
  // The resampled corpora include any mixture of the photos, such as the first alone and the last alone.
  CHECK(scores[0].low == Approx(0));
  CHECK(scores[0].high == Approx(0.75));
  CHECK(scores[1].name == "uniform");
  CHECK(scores[1].score == Approx(0.5));
  CHECK(scores[2].name == "pointing");
  CHECK(scores[2].score == Approx(0.5));
  CHECK(scores[3].name == "centre");
  CHECK(scores[3].score == Approx(0.5));
  const auto words = summary.commonest(2);
  REQUIRE(words.size() == 2);
  CHECK(words[0].word == "dog");
  CHECK(words[0].times == 2);
  CHECK(words[0].mean.correctness == Approx(0.5));
  CHECK(words[0].mean.center == Approx(0.5));
  CHECK(words[1].word == "ball");
  CHECK_THROWS_AS(summary.scores({2.0}), Error);

  metrics::GroundingSummary silent;
  silent.add_photo({});
  CHECK(silent.scores({})[0].score == 0);
  CHECK(silent.commonest(3).empty());
}
