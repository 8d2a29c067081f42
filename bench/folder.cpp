// Captioning a folder in parts: reading and preprocessing, the backbone alone, files to annotations as in `saccade
// caption`, and beam search with a fixed number of steps.

#include <filesystem>

#include <opencv2/core/utility.hpp>

#include "bench/timing.hpp"
#include "core/base/error.hpp"
#include "models/captioner.hpp"
#include "models/checkpoint.hpp"
#include "vision/files/image.hpp"

namespace saccade::bench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

struct Arguments {
  std::string images;
  std::string model;
  models::EncoderShape encoder;
  models::SearchOptions search;
  int words = 16;
  std::int64_t batch = 16;
  int groups = 8;
  int threads = 2;
};

po::options_description describe(Arguments& a) {
  po::options_description options("bench_folder --images FOLDER [OPTION...]");
  options.add_options()("images", po::value(&a.images)->required(),
                        "pictures, taken again from the first when there are too few")(
      "model", po::value(&a.model), "model (default: random weights, 3000 words)")(
      "backbone", po::value(&a.encoder.backbone)->default_value(a.encoder.backbone), "of the random model")(
      "batch", po::value(&a.batch)->default_value(a.batch), "pictures at once")(
      "groups", po::value(&a.groups)->default_value(a.groups), "timed batches, after 2 untimed")(
      "beam", po::value(&a.search.beam)->default_value(a.search.beam), "")(
      "words", po::value(&a.words)->default_value(a.words), "steps of every search")(
      "threads", po::value(&a.threads)->default_value(a.threads), "");
  return options;
}

std::vector<fs::path> pictures(const std::string& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (vision::looks_like_image_path(entry.path())) found.push_back(entry.path());
  }
  if (found.empty()) throw Error("{}: there are no pictures in this folder", folder);
  std::sort(found.begin(), found.end());
  return found;
}

models::Captioner random_model(const models::EncoderShape& shape) {
  std::vector<std::string> words;
  for (int i = 0; i < 3000; ++i) words.push_back(fmt::format("w{}", i));
  models::Captioner model{std::make_shared<models::Encoder>(shape), nullptr, Vocabulary(words), {}, {}, {}};
  const torch::NoGradGuard no_gradient;
  for (auto& weight : model.encoder->parameters()) {  // unit gain per layer avoids denormal numbers
    if (weight.dim() == 4) weight.normal_(0, std::sqrt(2.0 / static_cast<double>(weight[0].numel())));
  }
  model.decoder =
      models::make_decoder({}, {model.vocabulary.size(), model.encoder->annotation_width(), model.encoder->grid()});
  model.preprocessing = model.encoder->preprocessing();
  model.encoder->channels_last();
  model.encoder->eval();
  model.decoder->eval();
  return model;
}

/// Reads and preprocesses one batch on all threads.
torch::Tensor read(const std::vector<fs::path>& files, const vision::Preprocessing& preprocessing) {
  const std::int64_t side = preprocessing.input_size;
  torch::Tensor pixels = torch::empty({static_cast<std::int64_t>(files.size()), side, side, 3});
  float* values = pixels.data_ptr<float>();
  cv::parallel_for_(cv::Range(0, static_cast<int>(files.size())), [&](const cv::Range& range) {
    for (int i = range.start; i < range.end; ++i) {
      const auto place = static_cast<std::size_t>(i);
      vision::preprocess(vision::read_image(files[place]), preprocessing, values + place * preprocessing.values());
    }
  });
  return pixels;
}

}  // namespace
}  // namespace saccade::bench

int main(int count, char** words) try {
  using namespace saccade;
  bench::Arguments a;
  if (!bench::parse(count, words, bench::describe(a))) return 0;
  a.search.min_length = a.search.max_length = a.words;
  a.search.precision = models::fastest_precision();  // like the program
  bench::settle(a.threads);
  torch::manual_seed(0);
  models::Captioner model = a.model.empty() ? bench::random_model(a.encoder) : models::load_checkpoint(a.model);
  const auto files = bench::pictures(a.images);

  bench::Timings reading, bare, from_files, search;
  const torch::NoGradGuard no_gradient;
  std::size_t next = 0;
  for (int group = -2; group < a.groups; ++group) {
    std::vector<std::filesystem::path> batch;
    while (batch.size() < static_cast<std::size_t>(a.batch)) batch.push_back(files[next++ % files.size()]);
    torch::Tensor pixels, annotations;
    // Warm-up runs are measured and discarded.
    bench::Timings dropped[4];
    const bool timed = group >= 0;
    (timed ? reading : dropped[0]).time([&] { pixels = bench::read(batch, model.preprocessing); });
    const torch::Tensor ready = pixels.permute({0, 3, 1, 2});
    (timed ? bare : dropped[1]).time([&] { model.encoder->backbone().forward(ready); });
    (timed ? from_files : dropped[2]).time([&] {
      annotations = model.encode(bench::read(batch, model.preprocessing));
    });
    (timed ? search : dropped[3]).time([&] { model.caption(annotations, a.search); });
  }
  const auto pictures = static_cast<double>(a.batch);
  bench::report("read and prepare", reading, pictures);
  bench::report("backbone bare", bare, pictures);
  bench::report("files to annotations", from_files, pictures);
  bench::report("beam search", search, pictures);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "bench_folder: error: " << error.what() << "\n";
  return 1;
}
