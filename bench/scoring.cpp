// Scores generated captions of increasing numbers of images with five references each. Time should grow linearly.
//
//   bench_scoring [IMAGES...]

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "core/metrics/evaluation.hpp"

namespace {

using saccade::ScoredItem;
using saccade::Tokens;

/// 8 to 14 words with Zipf-distributed frequencies.
Tokens made_up_caption(std::mt19937& random) {
  constexpr double kWords = 3000;
  Tokens caption(8 + random() % 7);
  for (auto& word : caption) {
    word = "w" + std::to_string(static_cast<int>(std::pow(kWords, static_cast<double>(random() >> 8) * 0x1.0p-24)));
  }
  return caption;
}

double seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::size_t> sizes{1000, 5000, 10000, 20000, 40000};
  if (count > 1) sizes.clear();
  for (int i = 1; i < count; ++i) sizes.push_back(std::strtoul(words[i], nullptr, 10));
  fmt::print("images    seconds   ms an image   peak memory, MB\n");
  for (const std::size_t images : sizes) {
    std::mt19937 random(1);
    std::vector<ScoredItem> items(images);
    for (std::size_t i = 0; i < images; ++i) {
      items[i].id = std::to_string(i);
      items[i].hypothesis = made_up_caption(random);
      for (int k = 0; k < 5; ++k) items[i].references.push_back(made_up_caption(random));
    }
    const auto begin = std::chrono::steady_clock::now();
    saccade::metrics::score_all(items);
    const double taken = seconds(begin);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("{:6} {:10.3f} {:13.4f} {:17.0f}\n", images, taken, 1e3 * taken / static_cast<double>(images),
               static_cast<double>(usage.ru_maxrss) / 1024);
  }
  return 0;
}
