// Variance of the gradient estimates of the lower bound on real captions, for the parameters of the alignment score,
// which only rewards (and images with the weighted mean) reach.

#include <string>
#include <vector>

#include "bench/timing.hpp"
#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "models/checkpoint.hpp"
#include "models/training/feature_cache.hpp"
#include "models/training/lower_bound.hpp"

namespace saccade::bench {
namespace {

namespace po = boost::program_options;
using models::Baseline;
using torch::Tensor;

struct Arguments {
  std::string model, images, captions, list;
  std::size_t count = 128;
  int draws = 60;
  int threads = 2;
};

po::options_description describe(Arguments& a) {
  po::options_description options("bench_estimators --model FILE --images DIR --captions FILE --list FILE [OPTION...]");
  // clang-format off
  options.add_options()
      ("model", po::value(&a.model)->required(), "model, whose attention is taken to be hard")
      ("images", po::value(&a.images)->required(), "folder of the images")
      ("captions", po::value(&a.captions)->required(), "captions file")
      ("list", po::value(&a.list)->required(), "names of the images")
      ("count", po::value(&a.count)->default_value(a.count), "images taken from the list; baselines learn from all")
      ("draws", po::value(&a.draws)->default_value(a.draws), "estimates from the first batch of them")
      ("threads", po::value(&a.threads)->default_value(a.threads), "");
  // clang-format on
  return options;
}

struct Estimator {
  const char* name;
  int samples;
  Baseline baseline;
  bool reward_to_go;
  double expected_share;
  double reward_weight;
};

constexpr Estimator kEstimators[] = {
    {"no baseline, total reward", 1, Baseline::kNone, false, 0, 1},
    {"no baseline, reward to go", 1, Baseline::kNone, true, 0, 1},
    {"moving average, total reward", 1, Baseline::kMovingAverage, false, 0, 1},
    {"moving average, reward to go", 1, Baseline::kMovingAverage, true, 0, 1},
    {"learned, reward to go", 1, Baseline::kLearned, true, 0, 1},
    {"leave-one-out of 2, total reward", 2, Baseline::kLeaveOneOut, false, 0, 1},
    {"leave-one-out of 2, reward to go", 2, Baseline::kLeaveOneOut, true, 0, 1},
    {"leave-one-out of 5, reward to go", 5, Baseline::kLeaveOneOut, true, 0, 1},
    {"... with Bernoulli draw at 0.5", 5, Baseline::kLeaveOneOut, true, 0.5, 1},
    {"Xu et al.: average, total, draw, lambda_r 0.1", 1, Baseline::kMovingAverage, false, 0.5, 0.1},
};

/// Packed captions of some images.
struct Batch {
  Tensor annotations;
  models::CaptionBatch captions;
};

class Bench {
 public:
  explicit Bench(const Arguments& a) : arguments_(a), model_(models::load_checkpoint(a.model)) {
    constexpr std::size_t kImages = 16;
    model_.decoder->set_attention("hard");
    std::vector<Finding> findings;
    CaptionDataset images = select(read_captions(a.captions), read_list(a.list), a.captions, findings);
    refuse(findings);
    images.resize(std::min(images.size(), a.count));
    for (std::size_t first = 0; first + kImages <= images.size(); first += kImages) {
      std::vector<std::filesystem::path> files;
      std::vector<std::vector<std::int64_t>> captions;
      std::vector<std::int64_t> image_of;
      for (std::size_t i = 0; i < kImages; ++i) {
        files.push_back(std::filesystem::path(a.images) / images[first + i].name);
        for (const auto& words : images[first + i].captions) {
          captions.push_back(model_.vocabulary.encode(words));
          image_of.push_back(static_cast<std::int64_t>(i));
        }
      }
      batches_.push_back(
          {model_.encode(models::load_pixels(files, model_.preprocessing)), models::pack(captions, image_of)});
    }
    if (batches_.empty()) throw Error("{}: at least {} images are needed", a.list, kImages);
  }

  void run() {
    fmt::print("{:<50}{:>14}{:>14}{:>12}\n", "estimator", "variance", "of the first", "ms");
    double first = 0;
    for (const Estimator& estimator : kEstimators) {
      torch::manual_seed(1);
      const auto [variance, milliseconds] = measure(estimator);
      if (first == 0) first = variance;
      fmt::print("{:<50}{:>14.4g}{:>14.4f}{:>12.1f}\n", estimator.name, variance, variance / first, milliseconds);
      std::fflush(stdout);
    }
  }

 private:
  models::Loss loss(const Batch& batch, const models::EstimatorOptions& options, models::RewardBaseline& baseline) {
    models::LossOptions plain;
    plain.label_smoothing = 0;
    const auto paths = models::draw_paths(batch.captions, options.samples, options.expected_share);
    return models::lower_bound_loss(model_.decoder->unroll(batch.annotations, batch.captions, paths, {}), paths, plain,
                                    options, baseline);
  }

  /// Variance of the estimates, summed over the alignment parameters, and their median time.
  std::pair<double, double> measure(const Estimator& estimator) {
    models::EstimatorOptions options;
    options.samples = estimator.samples;
    options.baseline = estimator.baseline;
    options.reward_to_go = estimator.reward_to_go;
    options.expected_share = estimator.expected_share;
    options.reward_weight = estimator.reward_weight;
    options.entropy_weight = 0;
    models::RewardBaseline baseline(model_.decoder->query_width());
    if (options.baseline == Baseline::kMovingAverage || options.baseline == Baseline::kLearned) {
      const torch::NoGradGuard no_gradient;
      constexpr int kRounds = 6;
      for (int round = 0; round < kRounds; ++round) {
        for (const Batch& batch : batches_) loss(batch, options, baseline);
      }
    }
    std::vector<Tensor> parameters;
    for (const auto& entry : model_.decoder->named_parameters()) {
      if (entry.key().rfind("alignment.", 0) == 0) parameters.push_back(entry.value());
    }
    Timings timings;
    std::vector<Tensor> estimates;
    for (int draw = 0; draw < arguments_.draws; ++draw) {
      timings.time([&] {
        for (auto& parameter : parameters) parameter.mutable_grad() = Tensor();
        loss(batches_.front(), options, baseline).total.backward();
      });
      std::vector<Tensor> parts;
      for (const auto& parameter : parameters) parts.push_back(parameter.grad().reshape({-1}));
      estimates.push_back(at::cat(parts));
    }
    return {at::stack(estimates).var(0).sum().item<double>(), timings.median()};
  }

  const Arguments& arguments_;
  models::Captioner model_;
  std::vector<Batch> batches_;
};

}  // namespace
}  // namespace saccade::bench

int main(int count, char** words) try {
  using namespace saccade;
  bench::Arguments arguments;
  if (!bench::parse(count, words, bench::describe(arguments))) return 0;
  bench::settle(arguments.threads);
  bench::Bench(arguments).run();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "bench_estimators: error: " << error.what() << "\n";
  return 1;
}
