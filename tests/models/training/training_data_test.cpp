#include "models/training/training_data.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/models/tiny_training.hpp"

using namespace saccade;
using models::TrainingSets;
using test::TinyTraining;

namespace {

CaptionDataset images(const char* prefix, int count) {
  CaptionDataset dataset;
  for (int i = 0; i < count; ++i) dataset.push_back({prefix + std::to_string(i), {{"a"}}});
  return dataset;
}

}  // namespace

TEST_CASE("an epoch repeats each data set according to its weight") {
  const TrainingSets sets{{"a", images("a", 4), {}, nullptr, nullptr, 2.5},
                          {"b", images("b", 6), {}, nullptr, nullptr, 0.5}};
  CHECK(models::epoch_size(sets) == 13);
  const auto order = models::epoch_order(sets, 7);
  REQUIRE(order.size() == 13);
  std::map<std::size_t, int> times;
  for (const std::size_t place : order) ++times[place];
  for (std::size_t i = 0; i < 4; ++i) CHECK((times[i] == 2 || times[i] == 3));
  const auto of_b = std::count_if(order.begin(), order.end(), [](std::size_t place) { return place >= 4; });
  CHECK(of_b == 3);
  CHECK(order == models::epoch_order(sets, 7));
  CHECK(order != models::epoch_order(sets, 8));
}

TEST_CASE("the example images come from every data set with dev images") {
  const TrainingSets sets{{"a", {}, images("a", 20), nullptr, nullptr, 1},
                          {"b", {}, {}, nullptr, nullptr, 1},
                          {"c", {}, images("c", 2), nullptr, nullptr, 1},
                          {"d", {}, images("d", 20), nullptr, nullptr, 1}};
  const auto examples = models::example_images(sets);
  REQUIRE(examples.size() == 4);
  CHECK(examples[0].size() == 4);
  CHECK(examples[1].empty());
  CHECK(examples[2].size() == 2);
  CHECK(examples[3].size() == 4);
}

TEST_CASE("a training on two data sets scores the dev images of each after every epoch") {
  TinyTraining training;
  CaptionDataset first(training.dataset.begin(), training.dataset.begin() + 2);
  CaptionDataset second(training.dataset.begin() + 2, training.dataset.end());
  const TrainingSets sets{{"first", first, first, nullptr, nullptr, 1},
                          {"second", second, second, nullptr, nullptr, 2}};
  const auto history = models::train(training.model, sets, training.options, {});
  REQUIRE(history.size() == 3);
  for (const auto& evaluation : history) {
    REQUIRE(evaluation.sets.size() == 2);
    CHECK(evaluation.set == "mean");
    CHECK(evaluation.sets[1].set == "second");
    CHECK(evaluation.sets[1].words.captions == 2);
    CHECK(evaluation.cider_d == doctest::Approx((evaluation.sets[0].cider_d + evaluation.sets[1].cider_d) / 2));
    CHECK(evaluation.examples.size() == 4);
  }
}

TEST_CASE("data sets may have photos with the same name in different folders") {
  TinyTraining training;
  const test::TemporaryFolder other;
  CaptionDataset dark = test::write_pictures(other / "images", 8);
  dark.erase(dark.begin(), dark.begin() + 4);
  for (std::size_t i = 0; i < dark.size(); ++i) dark[i].name = training.dataset[i].name;
  const TrainingSets sets{{"light", training.dataset, training.dataset, nullptr, nullptr, 1},
                          {"dark", dark, dark, nullptr, nullptr, 1}};
  training.model =
      test::tiny_captioner({"one", "red", "green", "blue", "yellow", "ball", "on", "light", "dark", "ground"}, 1);
  training.options.frozen = {40, 1e-2, 0};
  training.options.patience = 40;
  training.options.averaging = 0.5;
  training.options.word_dropout = training.options.dropout = 0;
  const auto history = models::train(training.model, sets, training.options, {});
  double best = 0;
  for (const auto& evaluation : history) best = std::max(best, evaluation.bleu[3]);
  CHECK(best > 0.9);  // the ground distinguishes the folders
}

TEST_CASE("the noun head is trained together with the decoder") {
  TinyTraining training;
  training.options.nouns.weight = 1;
  training.options.frozen.epochs = 1;
  training.options.save_minutes = 0;
  CHECK(training.train().size() == 1);

  models::NounHeadOptions options;
  options.weight = 1;
  models::NounHead head(training.dataset, training.model.vocabulary, options,
                        training.model.encoder->annotation_width());
  CHECK(head.words().front() == "ball");
  CHECK(std::find(head.words().begin(), head.words().end(), "on") == head.words().end());
  // p = 1 - prod(1 - sigmoid(s_i)). With zero weights and a constant bias, all cells are equal.
  {
    const torch::NoGradGuard no_gradient;
    head.bias.fill_(-2);
  }
  const torch::Tensor annotations = torch::ones({1, 4, training.model.encoder->annotation_width()});
  const double sigmoid = 1 / (1 + std::exp(2.0));
  const double expected = std::log(1 - std::pow(1 - sigmoid, 4));
  CHECK(head.log_probabilities(annotations)[0][0].item<double>() == doctest::Approx(expected));
  // Binary cross-entropy: "red", "ball", "light" and "ground" are present and all other words are absent. An image with
  // one caption counts absent words with weight 1/5.
  const auto words = static_cast<double>(head.words().size());
  const double absent = -4 * std::log(1 - sigmoid);
  CHECK(head.loss(annotations, {0}).item<double>() == doctest::Approx((-4 * expected + (words - 4) * absent / 5) / 4));
}
