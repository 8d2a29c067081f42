// Tests that self-critical training estimates the gradient of the expected reward, on a model with two words and
// captions so short that all captions and attention paths can be enumerated.

#include "models/training/self_critical.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <torch/autograd.h>

#include "core/base/atomic_file.hpp"
#include "models/decoder/sampling.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::SelfCritical;
using models::SelfCriticalOptions;
using torch::Tensor;

namespace {

constexpr std::int64_t kDog = 4, kRuns = 5, kEnd = Vocabulary::kEnd;

struct Problem {
  CaptionDataset dataset{{"one.png", {{"dog", "runs"}, {"dog"}}}, {"two.png", {{"runs", "runs"}}}};
  models::Captioner model = test::tiny_captioner({"dog", "runs"}, 1);
  Tensor annotations;  // [1, L, D]
  int max_length = 2;

  explicit Problem(const std::string& attention) {
    model.decoder->set_attention(attention);
    model.decoder->eval();
    torch::manual_seed(3);
    annotations = 2 * torch::randn({1, 4, model.encoder->annotation_width()});
  }

  SelfCritical critic(double bleu_weight = 0.5, double named_weight = 0) {
    SelfCriticalOptions options;
    options.bleu_weight = bleu_weight;
    options.named_weight = named_weight;
    return {model, dataset, options, nullptr, 0, max_length, models::Precision::kFloat32};
  }

  Tensor gradient(const Tensor& of) const {
    std::vector<Tensor> parts;
    const auto parameters = model.decoder->parameters();
    const auto gradients = torch::autograd::grad({of}, parameters, {}, false, false, true);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parts.push_back((gradients[i].defined() ? gradients[i] : torch::zeros_like(parameters[i])).reshape({-1}));
    }
    return at::cat(parts);
  }
};

/// The captions that can be sampled: <end>, a word and <end>, and two words (truncated).
const std::vector<std::vector<std::int64_t>>& every_caption() {
  static const std::vector<std::vector<std::int64_t>> all{{1, kEnd},        {1, kDog, kEnd},  {1, kRuns, kEnd},
                                                          {1, kDog, kDog},  {1, kDog, kRuns}, {1, kRuns, kDog},
                                                          {1, kRuns, kRuns}};
  return all;
}

/// log p of the words of a caption, plus log p of `cells` unless they are empty.
Tensor log_probability(const Problem& problem, const std::vector<std::int64_t>& caption,
                       const std::vector<std::int64_t>& cells) {
  const auto batch = models::pack({caption}, {0});
  models::UnrollOptions plain;
  plain.word_dropout = plain.dropout = 0;
  models::AttentionPaths paths;
  if (!cells.empty()) {
    paths.repeated = models::repeat(batch, torch::ones({1}, torch::kLong));
    paths.cell = torch::tensor(cells, torch::kLong).unsqueeze(1);
  }
  const models::Unrolled unrolled = cells.empty()
                                        ? problem.model.decoder->unroll(problem.annotations, batch, plain)
                                        : problem.model.decoder->unroll(problem.annotations, batch, paths, plain);
  Tensor log_p = models::sampling_log_probabilities(unrolled.logits, 100).gather(1, batch.targets.unsqueeze(1)).sum();
  if (!cells.empty()) log_p = log_p + unrolled.log_alpha.gather(2, paths.cell.unsqueeze(2)).sum();
  return log_p;
}

/// All sequences of `length` cells out of four.
std::vector<std::vector<std::int64_t>> every_path(std::size_t length) {
  std::vector<std::vector<std::int64_t>> paths{{}};
  for (std::size_t t = 0; t < length; ++t) {
    std::vector<std::vector<std::int64_t>> longer;
    for (const auto& path : paths) {
      for (std::int64_t cell = 0; cell < 4; ++cell) {
        longer.push_back(path);
        longer.back().push_back(cell);
      }
    }
    paths = std::move(longer);
  }
  return paths;
}

}  // namespace

TEST_CASE("the reward is the caption's CIDEr-D plus a share of its BLEU-4, with <end> as a word") {
  Problem problem("soft");
  const SelfCritical both = problem.critic(), cider = problem.critic(0);
  const double whole = cider.reward(0, {1, kDog, kRuns, kEnd}), cut = cider.reward(0, {1, kDog, kRuns});
  CHECK(whole > cut);
  CHECK(cut > cider.reward(0, {1, kRuns, kRuns, kEnd}));
  CHECK(cider.reward(1, {1, kRuns, kRuns, kEnd}) > whole);  // equal to its only reference
  CHECK(both.reward(0, {1, kDog, kRuns, kEnd}) > whole);
  CHECK(cider.reward(0, {1, kEnd}) < cider.reward(0, {1, kDog, kEnd}));  // matches the references only in <end>
}

TEST_CASE("the reward includes the F1 score of content words") {
  Problem problem("soft");
  const SelfCritical with = problem.critic(0, 3), without = problem.critic(0);
  const auto added = [&](const std::vector<std::int64_t>& caption) {
    return with.reward(0, caption) - without.reward(0, caption);
  };
  // The references contain dog (2) and runs (1). Both words are correct, but only "dog" counts as named.
  CHECK(added({1, kDog, kRuns, kEnd}) == doctest::Approx(3));
  CHECK(added({1, kDog, kRuns}) == doctest::Approx(3));
  CHECK(added({1, kRuns, kEnd}) == doctest::Approx(0));
  CHECK(added({1, kEnd}) == doctest::Approx(0));
}

TEST_CASE("the estimated gradient matches that of the expected reward, over words or over words and cells") {
  for (const char* attention : {"soft", "hard"}) {
    CAPTURE(attention);
    Problem problem(attention);
    const SelfCritical critic = problem.critic();

    Tensor expected = torch::zeros({});
    double mass = 0;
    for (const auto& caption : every_caption()) {
      const bool hard = problem.model.decoder->stochastic();
      for (const auto& path : hard ? every_path(caption.size() - 1) : std::vector<std::vector<std::int64_t>>{{}}) {
        const Tensor p = log_probability(problem, caption, path).exp();
        mass += p.item<double>();
        expected = expected + p * critic.reward(0, caption);
      }
    }
    CHECK(mass == doctest::Approx(1).epsilon(1e-5));
    const Tensor exact = -problem.gradient(expected);

    constexpr int kBatches = 30;
    constexpr std::int64_t kImages = 300;
    const std::vector<std::size_t> images(kImages, 0);
    const Tensor many = problem.annotations.expand({kImages, -1, -1}).contiguous();
    Tensor sum = torch::zeros_like(exact), squares = torch::zeros_like(exact);
    double value = 0;
    torch::manual_seed(6);
    for (int i = 0; i < kBatches; ++i) {
      const models::Loss loss = critic.loss(images, {many, std::vector<vision::Crop>(kImages), {}, {}, {}});
      value += loss.total.item<double>() / kBatches;
      const Tensor estimate = problem.gradient(loss.total);
      sum += estimate;
      squares += estimate.square();
    }
    const Tensor mean = sum / kBatches;
    const Tensor error = ((squares / kBatches - mean.square()).clamp_min(0) / (kBatches - 1)).sqrt();
    CHECK(exact.norm().item<double>() > 10 * error.norm().item<double>());  // the test has enough power
    CHECK((mean - exact).norm().item<double>() < 2 * error.norm().item<double>());
    CHECK(value == doctest::Approx(-expected.item<double>()).epsilon(0.05));
  }
}

TEST_CASE("sampled words with boxes get the box loss") {
  Problem problem("soft");
  test::set_output_bias(*problem.model.decoder, kDog, 5);
  const test::TemporaryFolder folder;
  write_file(folder / "boxes.jsonl",
             R"({"image": "one.png", "width": 100, "height": 100, "boxes": {"1": [[0, 0, 50, 50]]}, "captions":)"
             R"( [{"words": ["dog"], "phrases": [{"first": 0, "last": 0, "entity": "1", "types": ["animals"]}]}]})"
             "\n");
  const Entities entities(folder / "boxes.jsonl");
  std::vector<const AnnotatedPhoto*> photos(problem.dataset.size());
  photos.front() = entities.find("one.png");
  const models::BoxTargets boxes(problem.dataset, photos, problem.model.vocabulary, problem.model.encoder->grid(), 1);
  const auto loss = [&](double weight) {
    torch::manual_seed(1);
    const SelfCritical critic(problem.model, problem.dataset, {}, &boxes, weight, 4, models::Precision::kFloat32);
    return critic.loss({0}, {problem.annotations, {{}}, {}, {}, {}}).total.item<double>();
  };
  CHECK(loss(1) > loss(0));
  CHECK(loss(2) - loss(0) == doctest::Approx(2 * (loss(1) - loss(0))).epsilon(1e-4));
}
