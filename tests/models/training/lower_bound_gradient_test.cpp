// Tests that the estimators of models/training/lower_bound.hpp are unbiased, on a decoder so small that the exact
// gradient can be computed by enumerating all attention paths.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <torch/autograd.h>

#include "models/training/lower_bound.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::AttentionPaths;
using models::Baseline;
using models::EstimatorOptions;
using torch::Tensor;

namespace {

constexpr std::int64_t kChoices = 4, kSteps = 3, kPaths = 64;  // L^M, T, (L^M)^T
constexpr int kImages = 256;  // equal images per batch, each with its own Bernoulli draw
constexpr int kBatches = 60;  // number of gradient estimates, whose mean is compared
const std::vector<std::int64_t> kCaption{1, 4, 5, 2};

constexpr int kAnnotation = 3;

/// A decoder with four choices per step: one of four cells, or one of two cells for each of two maps.
struct HardAttention {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;  // of saccade train
  Grid grid{2, 2};
  std::int64_t maps = 1;
};

const HardAttention& global() {
  static const HardAttention attention{"global", {}};
  return attention;
}

/// In a row of four cells, a window of half width 1 omits some cells, and there are two blocks of two.
const std::vector<HardAttention>& others() {
  static const std::vector<HardAttention> all{
      {"local-m", {{"weighting", "local-m"}, {"window", "1"}, {"crossing-words", "3"}}, {1, 4}},
      {"local-p", {{"weighting", "local-p"}, {"window", "1"}}, {1, 4}},
      {"hierarchical", {{"weighting", "hierarchical"}, {"block", "2"}}, {1, 4}},
      {"two heads",
       {{"weighting", "multi-head"}, {"alignment", "scaled-dot"}, {"alignment-width", "4"}, {"heads", "2"}},
       {1, 2},
       2},
      {"after the LSTM's step", {{"placement", "after"}}},
      // The second layer's choice depends on the first layer's choice in the same step.
      {"two layers of a Transformer",
       {{"decoder", "transformer"}, {"embedding", "4"}, {"layers", "2"}, {"word-heads", "2"}},
       {1, 2},
       2},
  };
  return all;
}

test::DecoderPlan plan_of(const HardAttention& attention) {
  test::DecoderPlan plan;
  plan.shape = {6, kAnnotation, attention.grid};
  plan.set("attention", "hard");
  plan.set("hidden", "4");
  plan.set("embedding", "3");
  plan.set("alignment-width", "3");
  for (const auto& [option, value] : attention.options) plan.set(option, value);
  return plan;
}

/// A decoder, annotations, and a caption of three words including <end>, in double precision.
struct Problem {
  std::shared_ptr<models::Decoder> decoder;
  Tensor annotations;
  models::UnrollOptions unrolling;
  models::LossOptions loss;
  Tensor teacher;  // [T, V], distribution of the teacher if it has a share

  explicit Problem(const HardAttention& attention = global()) : decoder(test::tiny_decoder(5, plan_of(attention))) {
    REQUIRE(decoder->maps().maps() == attention.maps);
    unrolling.word_dropout = unrolling.dropout = 0;
    loss.label_smoothing = 0;
    decoder->to(torch::kDouble);
    const torch::NoGradGuard no_gradient;
    for (const auto& entry : decoder->named_parameters()) {
      const std::string name = entry.key().substr(entry.key().rfind('.') + 1);
      if (name == "v" || name == "query") entry.value().mul_(2);  // makes the attention less uniform
      if (name == "beta_bias") entry.value().add_(1);             // increases the effect of the context
    }
    annotations = 2 * torch::randn({1, attention.grid.cells(), kAnnotation}, torch::kDouble);
  }

  /// The gradient of a scalar with respect to all parameters as one vector.
  Tensor gradient(const Tensor& of) const {
    std::vector<Tensor> parts;
    const auto parameters = decoder->parameters();
    const auto gradients = torch::autograd::grad({of}, parameters, {}, /*retain_graph=*/true, false, true);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parts.push_back((gradients[i].defined() ? gradients[i] : torch::zeros_like(parameters[i])).reshape({-1}));
    }
    return at::cat(parts);
  }

  models::CaptionBatch batch(int images) const {
    std::vector<std::int64_t> image_of;
    for (int i = 0; i < images; ++i) image_of.push_back(i);
    return models::pack(std::vector<std::vector<std::int64_t>>(static_cast<std::size_t>(images), kCaption), image_of);
  }

  /// The value of each packed word, [P]: log p(y_t) without label smoothing and teacher.
  Tensor values(const Tensor& logits, const Tensor& targets, std::int64_t copies) const {
    const Tensor log_p = at::log_softmax(logits, -1);
    Tensor target = at::zeros_like(log_p).scatter_(1, targets.unsqueeze(1), 1 - loss.label_smoothing);
    target = target + loss.label_smoothing / static_cast<double>(log_p.size(1));
    if (loss.teacher_share > 0) {
      target = (1 - loss.teacher_share) * target + loss.teacher_share * teacher.repeat_interleave(copies, 0);
    }
    return (target * log_p).sum(1);
  }

  /// For each path, [64]: log p(s | a), the value of the caption (log p(y | s, a) without label smoothing and teacher),
  /// and the sum of the entropies over its steps.
  struct Enumeration {
    Tensor log_path, log_caption, entropy;
  };
  Enumeration enumerate() const {
    const auto captions = batch(1);
    AttentionPaths paths;
    paths.repeated = models::repeat(captions, torch::full({1}, kPaths, torch::kLong));
    const std::int64_t maps = decoder->maps().maps(), wide = annotations.size(1);
    std::vector<std::int64_t> cells;
    for (std::int64_t divisor = 1; divisor < kPaths; divisor *= kChoices) {
      for (std::int64_t path = 0; path < kPaths; ++path) {
        std::int64_t choice = path / divisor % kChoices;
        for (std::int64_t map = 0; map < maps; ++map, choice /= wide) cells.push_back(choice % wide);
      }
    }
    paths.cell = torch::tensor(cells, torch::kLong).view({-1, maps});
    const auto unrolled = decoder->unroll(annotations, captions, paths, unrolling);
    const Tensor& log_alpha = unrolled.log_alpha;
    const auto by_path = [](const Tensor& packed) { return packed.view({kSteps, kPaths}).sum(0); };
    return {by_path(log_alpha.gather(2, paths.cell.unsqueeze(2)).squeeze(2).sum(1)),
            by_path(values(unrolled.logits, paths.repeated.batch.targets, kPaths)),
            by_path(-(log_alpha.exp() * log_alpha).sum(-1).sum(-1))};
  }

  /// The exact gradient of the negative lower bound per word.
  Tensor exact() const {
    const Enumeration all = enumerate();
    return gradient(-(all.log_path.exp() * all.log_caption).sum() / static_cast<double>(kSteps));
  }

  /// Gradient estimates from the code for training, [batches, parameters].
  Tensor estimates(const EstimatorOptions& options, int batches) {
    const auto captions = batch(kImages);
    const Tensor images = annotations.expand({kImages, -1, -1});
    const Tensor teacher_rows = teacher.defined() ? teacher.repeat_interleave(kImages, 0) : Tensor();
    models::RewardBaseline baseline(decoder->query_width());
    std::vector<Tensor> rows;
    for (int i = 0; i < batches; ++i) {
      const AttentionPaths paths =
          models::draw_paths(captions, options.samples, options.expected_share, decoder->maps().maps());
      const auto unrolled = decoder->unroll(images, captions, paths, unrolling);
      rows.push_back(gradient(models::lower_bound_loss(unrolled, paths, loss, options, baseline, teacher_rows).total));
    }
    return at::stack(rows);
  }
};

struct Estimator {
  std::string name;
  EstimatorOptions options;
  bool unbiased;
};

EstimatorOptions options(int samples, Baseline baseline, bool to_go, double expected_share = 0, double reward = 1,
                         double entropy = 0) {
  EstimatorOptions result;
  result.samples = samples;
  result.baseline = baseline;
  result.reward_to_go = to_go;
  result.expected_share = expected_share;
  result.reward_weight = reward;
  result.entropy_weight = entropy;
  return result;
}

const std::vector<Estimator>& estimators() {
  static const std::vector<Estimator> all{
      {"no baseline, total reward", options(1, Baseline::kNone, false), true},
      {"no baseline, reward to go", options(1, Baseline::kNone, true), true},
      {"moving average, total reward", options(1, Baseline::kMovingAverage, false), true},
      {"moving average, reward to go", options(1, Baseline::kMovingAverage, true), true},
      {"learned, reward to go", options(1, Baseline::kLearned, true), true},
      {"learned, total reward", options(1, Baseline::kLearned, false), true},
      {"leave-one-out of 2, total reward", options(2, Baseline::kLeaveOneOut, false), true},
      {"leave-one-out of 2, reward to go", options(2, Baseline::kLeaveOneOut, true), true},
      {"leave-one-out of 5, reward to go", options(5, Baseline::kLeaveOneOut, true), true},
      {"... with lambda_r = 0.1", options(5, Baseline::kLeaveOneOut, true, 0, 0.1), false},
      {"... with lambda_e = 0.1", options(5, Baseline::kLeaveOneOut, true, 0, 1, 0.1), false},
      {"... with expected_share = 0.5", options(5, Baseline::kLeaveOneOut, true, 0.5), false},
      {"the paper: average, total, Bernoulli, 0.1, 0.002", options(1, Baseline::kMovingAverage, false, 0.5, 0.1, 0.002),
       false},
  };
  return all;
}

/// The largest |z| over the parameters, where z is the error of the mean estimate in standard errors.
double largest_z(const Tensor& estimates, const Tensor& exact) {
  const Tensor off = estimates.mean(0) - exact;
  const Tensor error = estimates.std(0) / std::sqrt(static_cast<double>(estimates.size(0)));
  // A parameter that no choice of attention affects has the same gradient in every estimate.
  const Tensor varies = error > 1e-12;
  REQUIRE(off.masked_select(at::logical_not(varies)).abs().sum().item<double>() < 1e-9);
  return (off.masked_select(varies) / error.masked_select(varies)).abs().max().item<double>();
}

/// The bound that |z| of all `tests` means of kBatches estimates stays below with probability 1 - `risk` (Bonferroni).
double bonferroni(double risk, double tests) {
  double low = 0, high = 20;
  while (high - low > 1e-6) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) * tests > risk ? low : high) = middle;
  }
  return low + (low * low * low + low) /
                   (4 * (kBatches - 1));  // first-order expansion of Student's t from the normal distribution
}

/// Compares the exact gradient with central differences of the bound in at most 12 entries of each parameter.
void check_gradient(const Problem& problem) {
  const Tensor exact = problem.exact();
  const auto bound = [&problem] {
    const torch::NoGradGuard no_gradient;
    const auto all = problem.enumerate();
    return -(all.log_path.exp() * all.log_caption).sum().item<double>() / static_cast<double>(kSteps);
  };
  constexpr double kStep = 1e-5;
  std::int64_t place = 0;
  for (const auto& entry : problem.decoder->named_parameters()) {
    CAPTURE(entry.key());
    const Tensor flat = entry.value().detach().view({-1});
    const std::int64_t stride = std::max<std::int64_t>(1, flat.numel() / 12);
    for (std::int64_t i = 0; i < flat.numel(); i += stride) {
      double& value = flat.data_ptr<double>()[i];
      const double before = value;
      value = before + kStep;
      const double above = bound();
      value = before - kStep;
      const double below = bound();
      value = before;
      REQUIRE(std::abs((above - below) / (2 * kStep) - exact[place + i].item<double>()) < 1e-8);
    }
    place += flat.numel();
  }
  CHECK(place == exact.numel());
}

}  // namespace

TEST_CASE("path probabilities sum to one, and the bound is below the log-likelihood") {
  std::vector<HardAttention> all = others();
  all.push_back(global());
  for (const HardAttention& attention : all) {
    CAPTURE(attention.name);
    const auto paths = Problem(attention).enumerate();
    CHECK(paths.log_path.exp().sum().item<double>() == doctest::Approx(1));
    const double bound = (paths.log_path.exp() * paths.log_caption).sum().item<double>();
    const double truth = at::logsumexp(paths.log_path + paths.log_caption, 0).item<double>();
    CHECK(bound < truth - 0.01);
    CHECK(paths.log_path.exp().max().item<double>() < 0.9);  // no path dominates
  }
}

TEST_CASE("the exact gradient of the bound matches finite differences") {
  check_gradient(Problem());
  for (const HardAttention& attention : others()) {
    CAPTURE(attention.name);
    check_gradient(Problem(attention));
  }
}

TEST_CASE("the mean of every unbiased estimator is the exact gradient, and the mean of a biased one is not") {
  Problem problem;
  const Tensor exact = problem.exact();
  const double limit = bonferroni(0.01, static_cast<double>(exact.numel()) * static_cast<double>(estimators().size()));
  std::printf("\nGradient of the lower bound, L = 4, T = 3: %d estimates from batches of %d captions, %d parameters\n",
              kBatches, kImages, static_cast<int>(exact.numel()));
  std::printf(
      "largest |z| allowed (p = 0.01, Bonferroni): %.2f; variance: of one caption's estimate, summed over the "
      "parameters\n\n%-48s %-9s %9s %10s %10s\n",
      limit, "estimator", "bias", "max |z|", "variance", "a path");
  std::vector<double> variances;
  std::uint64_t seed = 100;
  for (const Estimator& estimator : estimators()) {
    CAPTURE(estimator.name);
    torch::manual_seed(seed++);
    const Tensor estimates = problem.estimates(estimator.options, kBatches);
    const double z = largest_z(estimates, exact);
    variances.push_back(estimates.var(0).sum().item<double>() * kImages);
    std::printf("%-48s %-9s %9.2f %10.4f %10.4f\n", estimator.name.c_str(), estimator.unbiased ? "unbiased" : "biased",
                z, variances.back(), variances.back() * estimator.options.samples);
    if (estimator.unbiased) {
      CHECK(z < limit);
    } else {
      CHECK(z > limit);  // the test detects the bias
    }
  }
  CHECK(variances[1] < variances[0]);      // rewards to go reduce the variance
  CHECK(variances[2] < variances[0]);      // a baseline reduces the variance
  CHECK(2 * variances[6] < variances[1]);  // leave-one-out reduces the variance more than averaging two samples
}

TEST_CASE("the estimators are unbiased for every attention and number of maps") {
  const double tests = 2 * static_cast<double>(others().size());
  for (const HardAttention& attention : others()) {
    CAPTURE(attention.name);
    Problem problem(attention);
    const Tensor exact = problem.exact();
    torch::manual_seed(11);
    const double limit = bonferroni(0.01, static_cast<double>(exact.numel()) * tests);
    CHECK(largest_z(problem.estimates(options(2, Baseline::kLeaveOneOut, true), kBatches), exact) < limit);
    CHECK(largest_z(problem.estimates(options(1, Baseline::kLearned, true), kBatches), exact) < limit);
    // The test detects the bias.
    CHECK(largest_z(problem.estimates(options(2, Baseline::kLeaveOneOut, true, 0, 0.1), kBatches), exact) > limit);
  }
}

TEST_CASE("the estimate is unbiased with label smoothing and a teacher") {
  Problem problem;
  const Tensor plain = problem.exact();
  problem.loss.label_smoothing = 0.3;
  problem.loss.teacher_share = 0.6;
  torch::manual_seed(3);
  problem.teacher = at::softmax(2 * torch::randn({kSteps, 6}, torch::kDouble), -1);
  check_gradient(problem);
  const Tensor exact = problem.exact();
  torch::manual_seed(12);
  const std::vector<EstimatorOptions> unbiased{options(2, Baseline::kLeaveOneOut, true),
                                               options(1, Baseline::kMovingAverage, true),
                                               options(1, Baseline::kLearned, false)};
  const double limit = bonferroni(0.01, static_cast<double>(exact.numel() * unbiased.size()));
  for (const EstimatorOptions& estimator : unbiased) {
    CHECK(largest_z(problem.estimates(estimator, kBatches), exact) < limit);
  }
  CHECK(largest_z(problem.estimates(unbiased[0], kBatches), plain) >
        limit);  // the objective without label smoothing and teacher differs
}

TEST_CASE("with a Bernoulli draw, the estimator is unbiased for the mean of the bound and the soft likelihood") {
  std::vector<HardAttention> all = others();
  all.push_back(global());
  for (const HardAttention& attention : all) {
    CAPTURE(attention.name);
    Problem problem(attention);
    const auto captions = problem.batch(1);
    const AttentionPaths paths = models::draw_paths(captions, 1, 1, static_cast<int>(attention.maps));
    const auto expected = problem.decoder->unroll(problem.annotations, captions, paths, problem.unrolling);
    const Tensor log_p = at::log_softmax(expected.logits, -1).gather(1, captions.targets.unsqueeze(1));
    const Tensor exact = (problem.exact() + problem.gradient(-log_p.mean())) / 2;
    torch::manual_seed(7);
    const Tensor estimates = problem.estimates(options(2, Baseline::kLeaveOneOut, true, 0.5), kBatches);
    CHECK(largest_z(estimates, exact) <
          bonferroni(0.01, static_cast<double>(exact.numel()) * static_cast<double>(all.size())));
  }
}
