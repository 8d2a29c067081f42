// One training step of the decoder on cached features: gather, pack, forward, loss, backward, clip and update.

#include <fstream>
#include <random>
#include <sstream>

#include "bench/timing.hpp"
#include "core/base/error.hpp"
#include "core/text/vocabulary.hpp"
#include "models/decoder/decoder.hpp"
#include "models/training/adam.hpp"
#include "models/training/loss.hpp"
#include "models/training/lower_bound.hpp"

namespace saccade::bench {
namespace {

namespace po = boost::program_options;
using Captions = std::vector<std::vector<std::int64_t>>;

struct Arguments {
  models::DecoderShape shape;
  models::DecoderOptions options;
  std::string lengths;
  int pool = 256;
  int steps = 20;
  int captions_per_image = 1;
  models::EstimatorOptions estimator;
  int threads = 2;
  std::string precision = "all";
};

po::options_description describe(Arguments& a) {
  a.shape = {3000, 1280, {7, 7}};
  a.options.embedding = a.options.attention.alignment_width = 512;
  set_option(a.options, "hidden", "512");
  po::options_description options("bench_train_step --lengths FILE [OPTION...]");
  const auto width = [](std::int64_t& value) { return po::value(&value)->default_value(value); };
  // clang-format off
  options.add_options()
      ("lengths", po::value(&a.lengths)->required(), "a batch a line: its captions' words, <start> and <end> included")
      ("side", po::value(&a.shape.grid.rows)->default_value(a.shape.grid.rows), "cells down and across: L is its square")
      ("annotation", width(a.shape.annotation), "D")
      ("vocabulary", width(a.shape.vocabulary), "V")
      ("samples", po::value(&a.estimator.samples)->default_value(a.estimator.samples), "paths a caption, where hard")
      ("expected-share", po::value(&a.estimator.expected_share)->default_value(a.estimator.expected_share),
       "chance that an image is seen by expectation, where hard")
      ("pool", po::value(&a.pool)->default_value(a.pool), "images with features")
      ("captions-per-image", po::value(&a.captions_per_image)->default_value(a.captions_per_image),
       "captions of the batch that share an image")
      ("steps", po::value(&a.steps)->default_value(a.steps), "timed steps, after 3 untimed")
      ("threads", po::value(&a.threads)->default_value(a.threads), "")
      ("precision", po::value(&a.precision)->default_value(a.precision), "all, float32 or bfloat16");
  // clang-format on
  add_options(options, a.options);
  return options;
}

std::vector<std::vector<std::int64_t>> read_lengths(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::int64_t>> batches;
  for (std::string line; std::getline(file, line);) {
    std::istringstream numbers(line);
    auto& batch = batches.emplace_back();
    for (std::int64_t length = 0; numbers >> length;) batch.push_back(length);
  }
  if (batches.empty()) throw Error("{}: there are no lengths in this file", path);
  return batches;
}

class Training {
 public:
  explicit Training(const Arguments& a)
      : arguments_(a),
        lengths_(read_lengths(a.lengths)),
        decoder_(models::make_decoder(
            a.options, {a.shape.vocabulary, a.shape.annotation, {a.shape.grid.rows, a.shape.grid.rows}})),
        pool_(torch::randn({a.pool, std::int64_t{a.shape.grid.rows} * a.shape.grid.rows, a.shape.annotation}).relu_()),
        adam_(decoder_->parameters(), {}),
        rates_(decoder_->parameters().size(), 4e-4) {
    decoder_->train();
  }

  Timings run(models::Precision precision) {
    constexpr int kUntimed = 3;
    Timings timings;
    for (int i = -kUntimed; i < arguments_.steps; ++i) {
      const auto& lengths = lengths_[static_cast<std::size_t>(i + kUntimed) % lengths_.size()];
      const Captions captions = random_captions(lengths);
      const std::vector<std::int64_t> images = random_images(captions.size());
      if (i < 0) {
        step(captions, images, precision);
      } else {
        timings.time([&] { step(captions, images, precision); });
      }
    }
    return timings;
  }

 private:
  Captions random_captions(const std::vector<std::int64_t>& lengths) {
    std::uniform_int_distribution<std::int64_t> word(Vocabulary::kUnknown + 1, arguments_.shape.vocabulary - 1);
    Captions captions;
    for (const std::int64_t length : lengths) {
      auto& caption = captions.emplace_back(length, Vocabulary::kStart);
      for (std::size_t i = 1; i + 1 < caption.size(); ++i) caption[i] = word(random_);
      caption.back() = Vocabulary::kEnd;
    }
    return captions;
  }

  /// Distinct random images.
  std::vector<std::int64_t> random_images(std::size_t captions) {
    std::vector<std::int64_t> images(static_cast<std::size_t>(arguments_.pool));
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<std::int64_t>(i);
    std::shuffle(images.begin(), images.end(), random_);
    const auto share = static_cast<std::size_t>(arguments_.captions_per_image);
    const std::size_t wanted = (captions + share - 1) / share;
    if (wanted > images.size()) throw Error("{} images are too few for {} captions", images.size(), captions);
    images.resize(wanted);
    return images;
  }

  double step(const Captions& captions, const std::vector<std::int64_t>& images, models::Precision precision) {
    constexpr double kClipNorm = 5;
    std::vector<std::int64_t> image_of;
    for (std::size_t i = 0; i < captions.size(); ++i) {
      image_of.push_back(static_cast<std::int64_t>(i) / arguments_.captions_per_image);
    }
    const torch::Tensor annotations = pool_.index_select(0, torch::tensor(images, torch::kLong));
    const models::CaptionBatch batch = models::pack(captions, image_of);
    models::UnrollOptions options;
    options.precision = precision;
    models::LossOptions plain;  // the loss of the PyTorch program: cross-entropy and doubly stochastic penalty
    plain.label_smoothing = 0;
    plain.doubly_stochastic = 1;
    const models::Loss loss = loss_of(annotations, batch, options, plain);
    adam_.zero_gradients();
    loss.total.backward();
    adam_.clip_gradients(kClipNorm);
    adam_.step(rates_);
    return loss.total.item<double>();
  }

  models::Loss loss_of(const torch::Tensor& annotations, const models::CaptionBatch& batch,
                       const models::UnrollOptions& options, const models::LossOptions& plain) {
    if (!decoder_->stochastic()) {
      return models::caption_loss(decoder_->unroll(annotations, batch, options), batch, plain);
    }
    const auto paths = models::draw_paths(batch, arguments_.estimator.samples, arguments_.estimator.expected_share);
    return models::lower_bound_loss(decoder_->unroll(annotations, batch, paths, options), paths, plain,
                                    arguments_.estimator, baseline_);
  }

  const Arguments& arguments_;
  std::vector<std::vector<std::int64_t>> lengths_;
  std::mt19937_64 random_{7};
  std::shared_ptr<models::Decoder> decoder_;
  torch::Tensor pool_;
  models::Adam adam_;
  std::vector<double> rates_;
  models::RewardBaseline baseline_{decoder_->query_width()};
};

}  // namespace
}  // namespace saccade::bench

int main(int count, char** words) try {
  using namespace saccade;
  bench::Arguments arguments;
  if (!bench::parse(count, words, bench::describe(arguments))) return 0;
  bench::settle(arguments.threads);
  torch::manual_seed(0);
  bench::Training training(arguments);
  if (arguments.precision != "bfloat16") bench::report("float32", training.run(models::Precision::kFloat32));
  const bool fast = models::fastest_precision() == models::Precision::kBfloat16;
  if (arguments.precision == "bfloat16" || (arguments.precision == "all" && fast)) {
    bench::report("bfloat16", training.run(models::Precision::kBfloat16));
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << "bench_train_step: error: " << error.what() << "\n";
  return 1;
}
