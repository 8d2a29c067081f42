#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/decoder/decoder.hpp"
#include "models/training/loss.hpp"
#include "tests/models/tiny_model.hpp"

// Compares the gradient of the training loss with finite differences in double precision.

using namespace saccade;
using test::Options;
using torch::Tensor;

namespace {

/// A decoder in double precision with two images and three captions.
struct Problem {
  std::shared_ptr<models::Decoder> decoder;
  models::CaptionBatch batch = models::pack({{1, 4, 5, 4, 2}, {1, 2}, {1, 6, 7, 2}}, {0, 1, 1});
  Tensor annotations;

  /// The loss is discontinuous where the edge of a window crosses a cell, and has a kink at the zero of a ReLU. The
  /// seeds avoid both within the step size; either would cause a large error.
  explicit Problem(const Options& options = {}) : decoder(test::tiny_decoder(1, test::plan_with(options))) {
    decoder->to(torch::kDouble);
    torch::manual_seed(2);
    annotations = torch::randn({2, 9, 6}, torch::kDouble).requires_grad_();
  }

  Tensor loss() {
    models::UnrollOptions options;
    options.word_dropout = options.dropout = 0;
    models::LossOptions terms;
    terms.doubly_stochastic = 0.5;  // makes the loss depend on the weights directly, not only through the contexts
    return models::caption_loss(decoder->unroll(annotations, batch, options), batch, terms).total;
  }

  double value() {
    const torch::NoGradGuard no_gradient;
    return loss().item<double>();
  }
};

/// The largest difference between `gradient` and central differences, over at most 24 entries of `x`.
double largest_error(Problem& problem, const Tensor& x, const Tensor& gradient) {
  constexpr double kStep = 1e-5;
  const Tensor flat = x.detach().view({-1});
  const Tensor flat_gradient = gradient.contiguous().view({-1});
  double largest = 0;
  const std::int64_t stride = std::max<std::int64_t>(1, flat.numel() / 24);
  for (std::int64_t i = 0; i < flat.numel(); i += stride) {
    double& entry = flat.data_ptr<double>()[i];
    const double before = entry;
    entry = before + kStep;
    const double above = problem.value();
    entry = before - kStep;
    const double below = problem.value();
    entry = before;
    largest = std::max(largest, std::abs((above - below) / (2 * kStep) - flat_gradient[i].item<double>()));
  }
  return largest;
}

/// Checks the gradients of every parameter and of the annotations.
void check_gradients(const Options& options) {
  CAPTURE(test::text_of(options));
  Problem problem(options);
  problem.decoder->train();
  problem.loss().backward();
  for (const auto& entry : problem.decoder->named_parameters()) {
    CAPTURE(entry.key());
    REQUIRE(entry.value().grad().defined());
    CHECK(entry.value().grad().abs().max().item<double>() > 1e-6);  // the parameter contributes to the loss
    CHECK(largest_error(problem, entry.value(), entry.value().grad()) < 1e-7);
  }
  CHECK(problem.annotations.grad().abs().max().item<double>() > 1e-6);
  CHECK(largest_error(problem, problem.annotations, problem.annotations.grad()) < 1e-7);
}

}  // namespace

TEST_CASE("gradients match finite differences for every alignment score") {
  for (const auto& alignment : models::alignment_registry().names()) check_gradients({{"alignment", alignment}});
}

TEST_CASE("gradients match finite differences for every weighting") {
  for (const auto& weighting : models::weighting_registry().names()) {
    // Dot products have fewer parameters, which makes errors easier to see. Multi-head supports no other score.
    check_gradients({{"weighting", weighting}, {"alignment", "scaled-dot"}});
    if (weighting != "multi-head") check_gradients({{"weighting", weighting}});
  }
}

TEST_CASE("gradients match finite differences for every placement") {
  check_gradients({{"placement", "after"}});
  check_gradients({{"placement", "after"}, {"weighting", "local-p"}});
  for (const char* placement : {"before", "after"}) {
    check_gradients({{"placement", placement}, {"attention", "none"}});
    check_gradients({{"placement", placement}, {"attention", "none"}, {"mean-context", "true"}});
  }
}

TEST_CASE("gradients match finite differences in a Transformer") {
  const Options transformer{{"decoder", "transformer"}, {"alignment", "scaled-dot"}};
  const auto with = [&transformer](Options more) {
    more.insert(more.begin(), transformer.begin(), transformer.end());
    return more;
  };
  for (const auto& weighting : models::weighting_registry().names()) check_gradients(with({{"weighting", weighting}}));
  check_gradients(with({{"attention", "none"}}));
  check_gradients(with({{"attention", "none"}, {"mean-context", "true"}}));
}

TEST_CASE("gradients match finite differences through a refiner") {
  check_gradients({{"refiner-layers", "1"}});
  check_gradients({{"refiner-layers", "2"}, {"weighting", "hierarchical"}});
  check_gradients({{"refiner-layers", "1"}, {"attention", "none"}});
  check_gradients(
      {{"refiner-layers", "1"}, {"decoder", "transformer"}, {"weighting", "multi-head"}, {"alignment", "scaled-dot"}});
}

TEST_CASE("the gradient of a packed batch is the mean of the gradients of its words") {
  Problem problem;
  const Tensor v = test::parameter(*problem.decoder, "attention.weighting.score.v");
  const std::vector<std::vector<std::int64_t>> captions{{1, 4, 5, 4, 2}, {1, 2}, {1, 6, 7, 2}};
  const std::vector<std::int64_t> images{0, 1, 1};
  const models::LossOptions options{0.1, 0};
  const auto gradient = [&](const models::CaptionBatch& batch) {
    v.mutable_grad() = Tensor();
    models::caption_loss(problem.decoder->unroll(problem.annotations, batch, {}), batch, options).total.backward();
    return v.grad().clone();
  };
  const Tensor together = gradient(problem.batch);
  Tensor sum = torch::zeros_like(together);
  for (std::size_t i = 0; i < captions.size(); ++i) {
    sum += gradient(models::pack({captions[i]}, {images[i]})) * static_cast<double>(captions[i].size() - 1);
  }
  CHECK(test::difference(together, sum / 8) < 1e-12);
}
