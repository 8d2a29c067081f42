#include "models/training/loss.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::caption_loss;
using models::LossOptions;
using torch::Tensor;

namespace {

/// Two captions over a vocabulary of five words: <start> 4 <end> and <start> <end>. The three predicted words are the
/// first caption's 4, the second's <end> and the first's <end>.
models::CaptionBatch batch() {
  return models::pack({{1, 4, 2}, {1, 2}}, {0, 0});
}

/// Given probabilities of the five words and given attention over two cells for each of the three predictions.
models::Unrolled outcome() {
  const Tensor p = torch::tensor({{0.1, 0.1, 0.2, 0.1, 0.5}, {0.2, 0.2, 0.2, 0.2, 0.2}, {0.05, 0.05, 0.8, 0.05, 0.05}});
  const Tensor alpha = torch::tensor({{0.75, 0.25}, {0.5, 0.5}, {0.5, 0.5}});
  return {p.log() + 7, alpha.log().unsqueeze(1), {}, {}};  // logits may have any constant offset
}

const double kTruth = -(std::log(0.5) + std::log(0.2) + std::log(0.8)) / 3;

}  // namespace

TEST_CASE("the loss is the mean of -log p over the words") {
  const auto loss = caption_loss(outcome(), batch(), LossOptions{0, 0});
  CHECK(loss.total.item<double>() == doctest::Approx(kTruth));
  CHECK(loss.cross_entropy.item<double>() == doctest::Approx(kTruth));
}

TEST_CASE("label smoothing distributes part of the target evenly over all words") {
  const double mean_log_p = (3 * std::log(0.1) + std::log(0.2) + std::log(0.5) +  // the first word
                             5 * std::log(0.2) +                                  // the second word
                             4 * std::log(0.05) + std::log(0.8)) /
                            15;
  const auto loss = caption_loss(outcome(), batch(), LossOptions{0.1, 0});
  CHECK(loss.total.item<double>() == doctest::Approx(0.9 * kTruth - 0.1 * mean_log_p));
  CHECK(loss.cross_entropy.item<double>() == doctest::Approx(kTruth));  // reported without smoothing
}

TEST_CASE("a teacher's distribution is mixed into the target") {
  const Tensor teacher =
      torch::tensor({{0.0, 0.0, 0.5, 0.0, 0.5}, {1.0, 0.0, 0.0, 0.0, 0.0}, {0.0, 0.0, 1.0, 0.0, 0.0}});
  const double taught = -(0.5 * std::log(0.2) + 0.5 * std::log(0.5) + std::log(0.2) + std::log(0.8)) / 3;
  const auto loss = caption_loss(outcome(), batch(), LossOptions{0, 0, 0.25}, {{}, teacher});
  CHECK(loss.total.item<double>() == doctest::Approx(0.75 * kTruth + 0.25 * taught));
  CHECK(loss.cross_entropy.item<double>() == doctest::Approx(kTruth));
}

TEST_CASE("words can have different weights in the loss") {
  const auto loss = caption_loss(outcome(), batch(), LossOptions{0, 0}, {torch::tensor({0.5, 0.0, 0.25}), {}});
  CHECK(loss.total.item<double>() == doctest::Approx(-0.5 * std::log(0.5) - 0.25 * std::log(0.8)));
}

TEST_CASE("the doubly stochastic term is the mean over captions and cells of (1 - sum_t alpha_ti)^2") {
  // The total attention of the first caption is 1.25 and 0.75 per cell, that of the second 0.5 and 0.5.
  const double mean = (0.0625 + 0.0625 + 0.25 + 0.25) / 4;
  const auto loss = caption_loss(outcome(), batch(), LossOptions{0, 3});
  CHECK(loss.total.item<double>() == doctest::Approx(kTruth + 3 * mean));
}

TEST_CASE("repeating the captions of a batch does not change the loss") {
  const auto once = outcome();
  const auto twice_batch = models::pack({{1, 4, 2}, {1, 2}, {1, 4, 2}, {1, 2}}, {0, 0, 1, 1});
  // Rows: the first words of both long captions, those of both short ones, and the ends of the long ones.
  const Tensor rows = torch::tensor({0, 0, 1, 1, 2, 2}, torch::kLong);
  const models::Unrolled twice{once.logits.index_select(0, rows), once.log_alpha.index_select(0, rows), {}, {}};
  const LossOptions options{0.1, 1};
  CHECK(caption_loss(twice, twice_batch, options).total.item<double>() ==
        doctest::Approx(caption_loss(once, batch(), options).total.item<double>()));
}

TEST_CASE("only the total has a gradient") {
  auto unrolled = outcome();
  unrolled.logits.requires_grad_();
  const auto loss = caption_loss(unrolled, batch(), {});
  CHECK(loss.total.requires_grad());
  CHECK_FALSE(loss.cross_entropy.requires_grad());
}
