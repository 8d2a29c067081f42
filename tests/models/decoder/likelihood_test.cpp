#include "models/decoder/likelihood.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using torch::Tensor;

namespace {

const std::vector<std::vector<std::int64_t>> kCaptions{{1, 4, 2}, {1, 6, 5, 2}, {1, 2}};
const std::vector<std::int64_t> kImages{1, 0, 1};

std::shared_ptr<models::Decoder> decoder_of(const std::string& attention) {
  test::DecoderPlan plan = test::tiny_plan();
  plan.options.attention.attention = attention;
  auto decoder = test::tiny_decoder(8, plan);
  const torch::NoGradGuard no_gradient;
  test::parameter(*decoder, "attention.weighting.score.v").mul_(5);
  return decoder;
}

Tensor annotations() {
  torch::manual_seed(9);
  return 2 * torch::randn({2, 4, 6});
}

/// log p(s | a) and log p(y | s, a) for every attention path of one caption, from the decoder's steps.
void enumerate(models::Decoder& decoder, const models::EncoderMemory& encoded, const models::State& state,
               const std::vector<std::int64_t>& caption, std::size_t t, double log_path, double log_caption,
               std::vector<std::pair<double, double>>& paths) {
  if (t + 1 == caption.size()) {
    paths.emplace_back(log_path, log_caption);
    return;
  }
  for (std::int64_t cell = 0; cell < 4; ++cell) {
    models::Selection selection;
    selection.cell = torch::full({1, 1}, cell, torch::kLong);
    const auto step = decoder.step(encoded, state, torch::full({1, 1}, caption[t], torch::kLong), selection);
    const double log_p = at::log_softmax(step.logits, -1)[0][0][caption[t + 1]].item<double>();
    enumerate(decoder, encoded, step.state, caption, t + 1,
              log_path + std::log(step.log_alpha.exp()[0][0][0][cell].item<double>()), log_caption + log_p, paths);
  }
}

}  // namespace

TEST_CASE("sampled likelihoods average to the lower bound and the marginal") {
  const torch::NoGradGuard no_gradient;
  const auto decoder = decoder_of("hard");
  const auto batch = models::pack(kCaptions, kImages);
  torch::manual_seed(10);
  constexpr int kSamples = 4000;
  const Tensor sampled = models::sampled_log_likelihoods(*decoder, annotations(), batch, kSamples);
  REQUIRE(sampled.sizes() == torch::IntArrayRef({3, kSamples}));
  for (std::int64_t row = 0; row < 3; ++row) {
    const auto which = static_cast<std::size_t>(batch.order[row].item<std::int64_t>());
    const Tensor image = annotations().narrow(0, kImages[which], 1);
    std::vector<std::pair<double, double>> paths;
    enumerate(*decoder, decoder->precompute(image), decoder->start(decoder->precompute(image)), kCaptions[which], 0, 0,
              0, paths);
    double bound = 0, marginal = 0;
    for (const auto& [log_path, log_caption] : paths) {
      bound += std::exp(log_path) * log_caption;
      marginal += std::exp(log_path + log_caption);
    }
    const double spread = sampled[row].std().item<double>() / std::sqrt(kSamples);
    CHECK(std::abs(sampled[row].mean().item<double>() - bound) < 4 * spread + 1e-6);
    const double found = sampled[row].exp().mean().item<double>();
    CHECK(std::abs(found - marginal) < 4 * sampled[row].exp().std().item<double>() / std::sqrt(kSamples) + 1e-9);
    CHECK(bound < std::log(marginal));
  }
}

TEST_CASE("a summary weights words equally, and the lower bound is below the marginal likelihood") {
  const auto decoder = decoder_of("hard");
  const Tensor images = annotations();
  models::LikelihoodSummary summary(*decoder, 20);
  torch::manual_seed(11);
  summary.add(images, kCaptions, kImages);
  CHECK(summary.words() == 6);
  const auto batch = models::pack(kCaptions, kImages);
  torch::manual_seed(11);
  const double expected = models::expected_log_likelihoods(*decoder, images, batch).sum().item<double>() / 6;
  const Tensor sampled = models::sampled_log_likelihoods(*decoder, images, batch, 20);
  CHECK(summary.expected().mean == doctest::Approx(expected));
  CHECK(summary.lower_bound().mean == doctest::Approx(sampled.mean(1).sum().item<double>() / 6));
  CHECK(summary.marginal().mean ==
        doctest::Approx((at::logsumexp(sampled, 1) - std::log(20)).sum().item<double>() / 6));
  CHECK(summary.lower_bound().mean < summary.marginal().mean);
  CHECK(summary.lower_bound().error > 0);
}

TEST_CASE("the standard error groups captions by photo, and unknown words are counted") {
  const auto decoder = decoder_of("soft");
  const std::vector<std::vector<std::int64_t>> captions{{1, 4, 2}, {1, 6, Vocabulary::kUnknown, 2}};
  const auto error = [&](const std::vector<std::int64_t>& images, int times) {
    models::LikelihoodSummary summary(*decoder, 1);
    const Tensor same = annotations().narrow(0, 0, 1).expand({2, -1, -1}).contiguous();
    for (int i = 0; i < times; ++i) summary.add(same, captions, images);
    CHECK(summary.unknown_words() == times);
    const auto batch = models::pack({captions[1]}, {0});
    const torch::NoGradGuard no_gradient;
    const Tensor log_p = at::log_softmax(decoder->unroll(same, batch, {0, 0}).logits, -1);
    CHECK(summary.unknown_log_probability() == doctest::Approx(log_p[1][Vocabulary::kUnknown].item<double>()));
    return summary.expected().error;
  };
  // The two residuals have opposite signs. They cancel within one photo but not across two photos.
  CHECK(error({0, 0}, 1) < 1e-9);
  CHECK(error({0, 1}, 1) > 1e-3);
  CHECK(error({0, 1}, 2) == doctest::Approx(error({0, 1}, 1) / std::sqrt(2)));
}

TEST_CASE("the likelihood of soft attention is the product of word probabilities") {
  const torch::NoGradGuard no_gradient;
  const auto decoder = decoder_of("soft");
  const auto batch = models::pack(kCaptions, kImages);
  const Tensor found = models::expected_log_likelihoods(*decoder, annotations(), batch);
  for (std::int64_t row = 0; row < 3; ++row) {
    const auto& caption = kCaptions[static_cast<std::size_t>(batch.order[row].item<std::int64_t>())];
    const Tensor image = annotations().narrow(0, batch.image[row].item<std::int64_t>(), 1);
    auto state = decoder->start(decoder->precompute(image));
    double log_p = 0;
    for (std::size_t t = 0; t + 1 < caption.size(); ++t) {
      auto step = decoder->step(decoder->precompute(image), state, torch::full({1, 1}, caption[t], torch::kLong));
      log_p += at::log_softmax(step.logits, -1)[0][0][caption[t + 1]].item<double>();
      state = step.state;
    }
    CHECK(found[row].item<double>() == doctest::Approx(log_p).epsilon(1e-5));
  }
}
