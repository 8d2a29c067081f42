#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/encoder/encoder.hpp"
#include "models/kernels/linear.hpp"
#include "tests/models/encoder/backbone/reference_python.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

// Compares features with those of the libraries that publish the weights (reference_transformers.py): small networks in
// tests/data, and all networks if Python has the libraries.

using namespace saccade;
using torch::Tensor;
namespace fs = std::filesystem;

namespace {

struct Case {
  std::string name, file;
  models::EncoderShape shape;
  std::vector<int> sizes;
};

std::vector<Case> cases_in(const fs::path& folder) {
  std::vector<Case> cases;
  std::ifstream lines(folder / "cases.txt");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Case each;
    std::string stride, sizes;
    words >> each.name >> each.file >> each.shape.backbone >> each.shape.width >> each.shape.blocks >> stride >> sizes;
    each.shape.map = models::feature_maps().at(stride);
    std::istringstream numbers(sizes);
    for (std::string size; std::getline(numbers, size, ',');) each.sizes.push_back(std::stoi(size));
    cases.push_back(each);
  }
  return cases;
}

/// The input image of the reference, [1, S, S, 3].
Tensor image_of(int size) {
  const Tensor image = 1.5 * at::sin(0.37 * at::arange(3 * size * size, torch::kDouble));
  return image.to(torch::kFloat).view({1, 3, size, size}).permute({0, 2, 3, 1}).contiguous();
}

void check(const Case& each, const fs::path& folder) {
  const torch::NoGradGuard no_gradient;
  CAPTURE(each.name);
  for (const int size : each.sizes) {
    CAPTURE(size);
    models::EncoderShape shape = each.shape;
    shape.input_size = size;
    models::Encoder encoder(shape);
    encoder.load_file(folder / each.name / each.file);
    encoder.channels_last();
    const Grid grid = encoder.grid();
    const Tensor map = test::read_floats(folder / each.name / (std::to_string(size) + ".features"),
                                         {1, encoder.annotation_width(), grid.rows, grid.columns});
    const Tensor expected = map.flatten(2).transpose(1, 2);
    REQUIRE(expected.abs().max().item<float>() > 0.1);
    const double scale = std::max(1.0, expected.abs().max().item<double>());
    const double off = test::difference(encoder.forward(image_of(size)), expected);
    CHECK(off < 1e-4 * scale);
    encoder.set_precision(models::Precision::kBfloat16);
    const Tensor rounded = encoder.forward(image_of(size));
    CHECK((rounded - expected).norm().item<double>() < 0.05 * expected.norm().item<double>());
    MESSAGE(each.name << " " << size << ": " << off << " of " << expected.abs().max().item<double>());
  }
}

}  // namespace

TEST_CASE("features of small published networks match those of their libraries") {
  const fs::path folder = fs::path(SACCADE_TEST_DATA) / "backbones";
  const auto cases = cases_in(folder);
  REQUIRE(cases.size() >= 4);
  for (const Case& each : cases) check(each, folder);
}

TEST_CASE("features match timm, OpenCLIP, transformers and torchvision to 1e-4, for each naming scheme") {
  const test::TemporaryFolder folder;
  if (!test::run_reference(SACCADE_REFERENCES "/reference_transformers.py", folder.path())) {
    MESSAGE("skipped: python3 (or $SACCADE_PYTHON) cannot import timm, open_clip, transformers and torchvision");
    return;
  }
  for (const Case& each : cases_in(folder.path())) check(each, folder.path());
}
