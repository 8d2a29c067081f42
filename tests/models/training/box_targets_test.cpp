#include "models/training/box_targets.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "models/training/lower_bound.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::BoxTargets;
using models::MapTargets;
using test::difference;
using torch::Tensor;

namespace {

/// "a dog on grass" with a box of the dog in the left half and two boxes of the grass in the lower half, and a caption
/// that the file of boxes does not contain.
struct Example {
  test::TemporaryFolder folder;
  CaptionDataset dataset{{"one.jpg", {{"something", "else"}, {"a", "dog", "on", "grass"}}}};

  const Vocabulary vocabulary{{"something", "else", "a", "dog", "on", "grass"}};

  Entities entities() const {
    write_file(folder / "boxes.jsonl",
               R"({"image": "one.jpg", "width": 100, "height": 100,)"
               R"( "boxes": {"1": [[0, 0, 50, 100]], "2": [[0, 50, 60, 100], [50, 50, 100, 100]]},)"
               R"( "captions": [{"words": ["A", "dog", "on", "grass", "."], "phrases": [)"
               R"({"first": 0, "last": 1, "entity": "1", "types": ["animals"]},)"
               R"({"first": 3, "last": 3, "entity": "2", "types": ["scene"]}]}]})"
               "\n");
    return Entities(folder / "boxes.jsonl");
  }

  BoxTargets targets() const {
    const Entities photos = entities();
    return {dataset, {photos.find("one.jpg")}, vocabulary, {2, 2}, 1};
  }
  /// The longer caption, the second of the image, comes first. Of the 8 positions, its words are 0, 2, 4, 6 and 7
  /// (<end>).
  models::CaptionBatch batch() const { return models::pack({{1, 4, 5, 2}, {1, 6, 7, 8, 9, 2}}, {0, 0}); }
};

}  // namespace

TEST_CASE("boxes belong to the last words of phrases if the file contains the caption word for word") {
  const Example example;
  const BoxTargets targets = example.targets();
  CHECK(targets.captions() == 1);
  CHECK(targets.words() == 2);
  const MapTargets maps = targets.of({0}, {{}}, example.batch());
  // The first steps have two rows: "dog" is step 1 of row 0, position 2. "grass", step 3, is at 2 + 2 + 2 = 6.
  CHECK(maps.position.equal(torch::tensor({2, 6}, torch::kLong)));
  CHECK(difference(maps.coverage, torch::tensor({{1.0, 0.0, 1.0, 0.0}, {0.0, 0.0, 1.0, 1.0}})) < 1e-6);
}

TEST_CASE("in other captions, a word gets the boxes of all entities that the references call by it") {
  const Example example;
  // "grass dog dog" and "on" for a photo with boxes, and "a dog" for a photo without.
  const std::int64_t a = 6, dog = 7, on = 8, grass = 9;
  CHECK(example.vocabulary.word(dog) == "dog");
  const auto batch = models::pack({{1, grass, dog, dog, 2}, {1, on, 2}, {1, a, dog}}, {0, 0, 1});
  CaptionDataset dataset = example.dataset;
  dataset.push_back({"two.jpg", {{"a", "dog"}}});
  const Entities photos = example.entities();
  const BoxTargets targets(dataset, {photos.find("one.jpg"), nullptr}, example.vocabulary, {2, 2}, 1);
  const MapTargets maps = targets.named({0, 1}, {{}, {}}, batch);
  REQUIRE(maps.position.defined());
  CHECK(maps.position.equal(torch::tensor({0, 3, 6}, torch::kLong)));
  CHECK(difference(maps.coverage, torch::tensor({{0.0, 0.0, 1.0, 1.0}, {1.0, 0.0, 1.0, 0.0}, {1.0, 0.0, 1.0, 0.0}})) <
        1e-6);
  CHECK_FALSE(targets.named({1}, {{}}, models::pack({{1, dog, 2}}, {0})).position.defined());
}

TEST_CASE("boxes follow flips and crops") {
  const Example example;
  const BoxTargets targets = example.targets();
  const MapTargets mirrored = targets.of({0}, {{0, 0, 1, 1, true}}, example.batch());
  CHECK(difference(mirrored.coverage[0], torch::tensor({0.0, 1.0, 0.0, 1.0})) < 1e-6);
  // The right three quarters: the dog covers their left third, which is two thirds of the left cells.
  const MapTargets cropped = targets.of({0}, {{0.25, 0, 0.75, 1, false}}, example.batch());
  CHECK(difference(cropped.coverage[0], torch::tensor({2 / 3.0, 0.0, 2 / 3.0, 0.0})) < 1e-6);
  const MapTargets without = targets.of({0}, {{0.5, 0.5, 0.5, 0.5, false}}, example.batch());
  CHECK(without.position.equal(torch::tensor({6}, torch::kLong)));  // only grass remains
  CHECK(difference(without.coverage, torch::ones({1, 4})) < 1e-6);
  CHECK_FALSE(targets.of({0}, {{0.6, 0, 0.4, 0.4, false}}, example.batch()).position.defined());
}

TEST_CASE("the box loss is the mean negative log of the weight inside the boxes") {
  const Example example;
  models::LossOptions options;
  options.label_smoothing = 0;
  models::Unrolled unrolled;
  unrolled.logits = torch::zeros({8, 12}, torch::kDouble);
  const Tensor alpha = torch::full({8, 4}, 0.25, torch::kDouble);
  alpha[2].copy_(torch::tensor({0.5, 0.1, 0.3, 0.1}));
  alpha[6].copy_(torch::tensor({0.7, 0.1, 0.1, 0.1}));
  unrolled.log_alpha = alpha.log().unsqueeze(1).requires_grad_();
  const auto batch = example.batch();
  const models::LossTargets targets{{}, {}, example.targets().of({0}, {{}}, batch)};
  const double plain = models::caption_loss(unrolled, batch, options, targets).total.item<double>();
  options.boxes_weight = 3;
  const Tensor total = models::caption_loss(unrolled, batch, options, targets).total;
  CHECK(total.item<double>() - plain == doctest::Approx(-3 * (std::log(0.8) + std::log(0.2)) / 2));
  total.backward();
  const Tensor gradient = unrolled.log_alpha.grad().squeeze(1);
  CHECK(gradient[6][2].item<double>() == doctest::Approx(-3.0 / 2 * 0.1 / 0.2));
  CHECK(gradient[0].abs().sum().item<double>() == 0);  // "a" has no boxes
}

TEST_CASE("the box loss applies to the map of every path") {
  const Example example;
  const auto batch = example.batch();
  models::LossOptions plain;
  plain.label_smoothing = 0;
  models::EstimatorOptions estimator;
  estimator.reward_weight = estimator.entropy_weight = 0;
  models::RewardBaseline baseline(1);
  torch::manual_seed(1);
  const auto paths = models::draw_paths(batch, 2, 0);
  models::Unrolled unrolled;
  const std::int64_t positions = paths.repeated.position.size(0);
  unrolled.logits = torch::zeros({positions, 12}, torch::kDouble);
  unrolled.log_alpha = torch::randn({positions, 1, 4}, torch::kDouble).log_softmax(-1);
  unrolled.cell = torch::zeros({positions, 1}, torch::kLong);
  const MapTargets maps = example.targets().of({0}, {{}}, batch);
  const auto total = [&] {
    return models::lower_bound_loss(unrolled, paths, plain, estimator, baseline, {}, maps).total.item<double>();
  };
  const double without = total();
  plain.boxes_weight = 1;
  double expected = 0;
  for (std::int64_t p = 0; p < positions; ++p) {
    const auto word = paths.repeated.position[p].item<std::int64_t>();
    const Tensor alpha = unrolled.log_alpha[p][0].exp();
    if (word == 2) expected -= std::log((alpha[0] + alpha[2]).item<double>()) / 4;
    if (word == 6) expected -= std::log((alpha[2] + alpha[3]).item<double>()) / 4;
  }
  CHECK(total() - without == doctest::Approx(expected));
}
