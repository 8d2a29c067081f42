// Beam search on random annotations: a fixed number of steps with a full beam.

#include "bench/timing.hpp"
#include "models/decoder/beam_search.hpp"

namespace saccade::bench {
namespace {

namespace po = boost::program_options;

struct Arguments {
  models::DecoderShape shape;
  models::DecoderOptions options;
  std::vector<std::int64_t> batches{1, 16, 32};
  models::SearchOptions search;
  int words = 16;
  int repeats = 15;
  int threads = 2;
};

po::options_description describe(Arguments& a) {
  a.shape = {3000, 1280, {7, 7}};
  a.options.embedding = a.options.attention.alignment_width = 512;
  set_option(a.options, "hidden", "512");
  po::options_description options("bench_search [OPTION...]");
  const auto width = [](std::int64_t& value) { return po::value(&value)->default_value(value); };
  options.add_options()("side", po::value(&a.shape.grid.rows)->default_value(a.shape.grid.rows),
                        "cells down and across: L is its square")("annotation", width(a.shape.annotation), "D")(
      "vocabulary", width(a.shape.vocabulary), "V")("batch", po::value(&a.batches)->multitoken(),
                                                    "images searched at once; several may be given")(
      "beam", po::value(&a.search.beam)->default_value(a.search.beam), "")(
      "words", po::value(&a.words)->default_value(a.words), "steps of every search")(
      "repeats", po::value(&a.repeats)->default_value(a.repeats), "timed searches, after 2 untimed")(
      "threads", po::value(&a.threads)->default_value(a.threads), "");
  add_options(options, a.options);
  return options;
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
  a.shape.grid.columns = a.shape.grid.rows;
  const auto decoder = models::make_decoder(a.options, a.shape);
  decoder->eval();
  for (const std::int64_t batch : a.batches) {
    const torch::Tensor annotations = torch::randn({batch, a.shape.grid.cells(), a.shape.annotation}).relu_();
    for (int i = 0; i < 2; ++i) models::beam_search(*decoder, annotations, a.search);
    bench::Timings timings;
    for (int i = 0; i < a.repeats; ++i) timings.time([&] { models::beam_search(*decoder, annotations, a.search); });
    bench::report(fmt::format("batch {} image", batch), timings, static_cast<double>(batch));
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << "bench_search: error: " << error.what() << "\n";
  return 1;
}
