#include "models/training/batches.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/models/tiny_training.hpp"

using namespace saccade;
using models::Batches;
using test::TinyTraining;

TEST_CASE("an epoch contains every image once, in random order") {
  TinyTraining training;
  const models::TrainingSets sets = training.sets();
  Batches batches(training.model, sets, 4);
  const auto epoch = [&batches](std::uint64_t seed) {
    batches.shuffle(seed);
    std::vector<std::size_t> seen;
    for (std::int64_t step = 0; step < batches.steps(); ++step) {
      for (const std::size_t image : batches.images(step)) seen.push_back(image);
    }
    return seen;
  };
  const auto first = epoch(1), second = epoch(2);
  CHECK(first == epoch(1));
  CHECK(first != second);
  auto sorted = first;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < training.dataset.size(); ++i) CHECK(sorted[i] == i);
}

TEST_CASE("with an unfrozen encoder, the teacher encodes the same images with its own encoder") {
  TinyTraining training;
  models::Captioner teacher = test::tiny_captioner(test::words_of(training.dataset), 2);
  const models::TrainingSets sets = training.sets();
  Batches batches(training.model, sets, 2);

  batches.encode(false, false, nullptr);
  const auto alone = batches.see({0, 1}, 7);
  CHECK_FALSE(alone.taught.defined());

  batches.encode(true, false, &teacher);
  const auto seen = batches.see({0, 1}, 7);
  CHECK(seen.taught.sizes() == seen.annotations.sizes());
  CHECK_FALSE(seen.taught.requires_grad());
  CHECK(test::difference(seen.annotations, alone.annotations) == 0);
  CHECK(test::difference(seen.taught, seen.annotations) > 1e-3);  // the encoders have different weights

  Batches of_teacher(teacher, sets, 2);
  of_teacher.encode(false, false, nullptr);
  CHECK(test::difference(seen.taught, of_teacher.see({0, 1}, 7).annotations) == 0);
}
