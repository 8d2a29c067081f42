#include "models/captioner.hpp"

#include <future>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::Captioner;
using torch::Tensor;

namespace {

/// A model as it comes from a file.
Captioner opened() {
  const test::TemporaryFolder folder;
  models::save_checkpoint(folder / "model", test::tiny_captioner({"a", "dog", "runs", "on", "grass"}, 3));
  return models::load_checkpoint(folder / "model");
}

/// The best captions of some pictures, words and probabilities.
std::string told(Captioner& model, const Tensor& pixels) {
  std::string text;
  for (const auto& captions : model.caption(model.encode(pixels), {})) {
    text += fmt::format("{} {}\n", captions.front().text(), captions.front().log_probability);
  }
  return text;
}

}  // namespace

TEST_CASE("one model captions in several threads at once, as it does in one") {
  Captioner model = opened();
  std::vector<Tensor> pictures;
  std::vector<std::string> expected;
  for (int i = 0; i < 4; ++i) {
    torch::manual_seed(i);
    pictures.push_back(torch::randn({2, 32, 32, 3}));
    expected.push_back(told(model, pictures.back()));
  }
  std::vector<std::future<std::string>> threads;
  for (int times = 0; times < 5; ++times) {
    for (const Tensor& pixels : pictures) {
      threads.push_back(
          std::async(std::launch::async, [copy = model, &pixels]() mutable { return told(copy, pixels); }));
    }
  }
  for (std::size_t i = 0; i < threads.size(); ++i) CHECK(threads[i].get() == expected[i % pictures.size()]);
}

TEST_CASE("captions are ranked by the length penalty stored in the model, unless the options name one") {
  Captioner model = opened();
  torch::manual_seed(5);
  const Tensor annotations = model.encode(torch::randn({6, 32, 32, 3}));
  models::SearchOptions named;
  named.max_length = 8;
  test::set_output_bias(*model.decoder, Vocabulary::kEnd, 5);  // captions of several lengths
  const auto texts = [&](double penalty) {
    named.length_penalty = penalty;
    std::string text;
    for (const auto& captions : model.caption(annotations, named)) {
      for (const auto& caption : captions) text += fmt::format("{} {}\n", caption.text(), caption.log_probability);
    }
    return text;
  };
  const std::string short_ones = texts(0), long_ones = texts(4);
  CHECK(short_ones != long_ones);
  model.length_penalty = 4;
  CHECK(texts(-1) == long_ones);
  model.length_penalty = 0;
  CHECK(texts(-1) == short_ones);
  CHECK(texts(4) == long_ones);
}

TEST_CASE("the specificity stored in the model applies, with a blank image encoded before or on the fly") {
  Captioner model = opened();
  torch::manual_seed(5);
  const Tensor annotations = model.encode(torch::randn({6, 32, 32, 3}));
  const auto texts = [&](double specificity) {
    models::SearchOptions search;
    search.max_length = 8;
    search.specificity = specificity;
    std::string text;
    for (const auto& captions : model.caption(annotations, search)) text += captions.front().text() + "\n";
    return text;
  };
  const std::string plain = texts(0), specific = texts(1);
  CHECK(plain != specific);
  CHECK(texts(-1) == plain);
  model.specificity = 1;
  CHECK(texts(-1) == specific);
  model.precompute_blank();
  CHECK(model.blank.size(0) == 1);
  CHECK(texts(-1) == specific);
  CHECK(texts(0) == plain);
}

TEST_CASE("numbers that overflow are an error, never words") {
  Captioner model = opened();
  const torch::NoGradGuard no_gradient;
  test::set_output_bias(*model.decoder, 5, std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_WITH_AS(told(model, torch::zeros({1, 32, 32, 3})), doctest::Contains("overflow on this picture"), Error);
}
