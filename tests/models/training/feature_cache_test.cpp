#include "models/training/feature_cache.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::FeatureCache;
using test::difference;
using torch::Tensor;
namespace fs = std::filesystem;

namespace {

/// Three pictures, a model, and an empty folder for the cache.
struct Example {
  test::TemporaryFolder folder;
  fs::path images = folder / "images";
  fs::path cache = folder / "some/cache";
  std::vector<std::string> names{"0.png", "1.png", "2.png"};
  models::Captioner model = test::tiny_captioner({"a"}, 1);

  Example() { test::write_pictures(images, 3); }

  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& name : names) all.push_back(images / name);
    return all;
  }

  /// The number of images that are encoded to open the cache.
  std::size_t computed(int views = 2) {
    std::size_t images_done = 0;
    FeatureCache(cache, model, files(), views, torch::kHalf, [&](std::size_t done, std::size_t all) {
      CHECK(all == names.size());
      images_done = done;
    });
    return images_done;
  }

  Tensor pixels(const std::string& name) { return models::load_pixels({images / name}, model.preprocessing); }
};

std::ptrdiff_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("features are computed once and then read from the file") {
  Example example;
  CHECK(example.computed() == 3);
  CHECK(example.computed() == 0);
  CHECK(files_in(example.cache) == 1);
}

TEST_CASE("float32 features equal the encoder's bit for bit and are stored in a separate file") {
  Example example;
  CHECK(example.computed(1) == 3);
  const FeatureCache cache(example.cache, example.model, example.files(), 1, torch::kFloat, {});
  CHECK(files_in(example.cache) == 2);
  const Tensor pixels = at::cat({example.pixels("0.png"), example.pixels("1.png"), example.pixels("2.png")});
  CHECK(difference(cache.range(0, 3), example.model.encode(pixels)) == 0);
}

TEST_CASE("cached features equal the encoder's for each image and its mirror image, in half precision") {
  Example example;
  const FeatureCache cache(example.cache, example.model, example.files(), 2, torch::kHalf, {});
  CHECK(cache.images() == 3);
  const Tensor all = cache.range(0, 3);
  REQUIRE(all.sizes() == torch::IntArrayRef({3, 4, 112}));
  CHECK((all.scalar_type() == torch::kFloat));
  for (std::int64_t i = 0; i < 3; ++i) {
    const Tensor pixels = example.pixels(example.names[static_cast<std::size_t>(i)]);
    const Tensor seen = example.model.encode(pixels);
    const double tolerance = 2e-3 * seen.abs().max().item<double>();
    CHECK(difference(all[i], seen[0]) < tolerance);
    CHECK(difference(cache.gather({i}, {0})[0], seen[0]) < tolerance);
    CHECK(difference(cache.gather({i}, {1})[0], example.model.encode(pixels.flip({2}))[0]) < tolerance);
  }
  const Tensor two = cache.gather({2, 0}, {1, 0});
  CHECK(difference(two[0], cache.gather({2}, {1})[0]) == 0);
  CHECK(difference(two[1], all[0]) == 0);
  CHECK(difference(cache.range(1, 2), all.narrow(0, 1, 2)) == 0);
}

TEST_CASE("a changed image is encoded again") {
  Example example;
  example.computed();
  fs::copy_file(example.images / "0.png", example.images / "1.png", fs::copy_options::overwrite_existing);
  fs::last_write_time(example.images / "1.png", fs::file_time_type::clock::now() + std::chrono::seconds(2));
  CHECK(example.computed() == 3);
  const FeatureCache cache(example.cache, example.model, example.files(), 2, torch::kHalf, {});
  CHECK(difference(cache.range(0, 1), cache.range(1, 1)) == 0);
}

TEST_CASE("the cache distinguishes weights, preprocessing, images and views") {
  Example example;
  example.computed();
  {
    const torch::NoGradGuard no_gradient;
    example.model.encoder->parameters().back()[0] += 0.25;
  }
  CHECK(example.computed() == 3);
  example.model.preprocessing.mean[1] += 1;
  CHECK(example.computed() == 3);
  example.names = {"1.png", "0.png"};
  CHECK(example.computed() == 2);
  CHECK(example.computed(1) == 2);
  CHECK(files_in(example.cache) == 5);
  CHECK(example.computed(1) == 0);
}

TEST_CASE("features do not depend on the decoder") {
  Example example;
  example.computed();
  example.model.decoder = test::tiny_decoder(2);
  CHECK(example.computed() == 0);
}

TEST_CASE("an unreadable image is reported, and no cache is written") {
  Example example;
  write_file(example.images / "1.png", "not a picture");
  CHECK_THROWS_WITH_AS(example.computed(), doctest::Contains("images/1.png"), Error);
  CHECK(files_in(example.cache) == 0);
  fs::remove(example.images / "1.png");
  CHECK_THROWS_WITH_AS(example.computed(), doctest::Contains("images/1.png"), Error);
}

TEST_CASE("damaged features are recomputed") {
  Example example;
  example.computed();
  const fs::path file = fs::directory_iterator(example.cache)->path();
  const std::string whole = read_file(file);
  fs::resize_file(file, whole.size() - 2);
  CHECK(example.computed() == 3);
  for (const std::size_t place : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 4);
    write_file(file, damaged);
    CHECK(example.computed() == 3);
    CHECK(read_file(file) == whole);
  }
}

TEST_CASE("a change of the features during use is an error") {
  Example example;
  const FeatureCache cache(example.cache, example.model, example.files(), 2, torch::kHalf, {});
  const fs::path file = fs::directory_iterator(example.cache)->path();
  {
    std::ofstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.put('\x7F').put('\x7F');
  }
  CHECK_THROWS_WITH_AS(cache.gather({0}, {0}), doctest::Contains("has been changed"), Error);
  CHECK_NOTHROW(cache.gather({2}, {1}));
  fs::resize_file(file, 100);
  CHECK_THROWS_WITH_AS(cache.gather({2}, {1}), doctest::Contains("has been changed"), Error);
  CHECK_THROWS_WITH_AS(cache.range(0, 3), doctest::Contains("has been changed"), Error);
}

TEST_CASE("a folder that cannot be created is reported") {
  Example example;
  write_file(example.folder / "file", "");
  example.cache = example.folder / "file/cache";
  CHECK_THROWS_WITH_AS(example.computed(), doctest::Contains("cannot make the folder"), Error);
}
