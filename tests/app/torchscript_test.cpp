#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <torch/script.h>

#include "core/base/atomic_file.hpp"
#include "tests/app/fixture.hpp"

// A TorchScript program as the encoder, from training to captions.

using namespace saccade;

namespace {

/// Pictures, captions, and a program whose three channels are the mean color of each of 2 x 2 tiles.
struct Data {
  test::TemporaryFolder folder;
  CaptionDataset images = test::write_pictures(folder / "images", 4);

  Data() {
    write_file(folder / "captions.txt", test::flickr_lines(images));
    write_file(folder / "names.txt", "0.png\n1.png\n2.png\n3.png\n");
    torch::jit::Module module("tiny");
    module.define("def forward(self, x):\n    return torch.avg_pool2d(x, [32, 32])\n");
    module.save(path("net.pt"));
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }

  test::Outcome train(const std::vector<std::string>& more) const {
    std::vector<std::string> options{"--backbone",   "torchscript", "--backbone-weights", path("net.pt"),
                                     "--input-size", "64",          "--epochs",           "1"};
    options.insert(options.end(), more.begin(), more.end());
    return test::saccade(test::tiny_training(folder, "names.txt", "names.txt", "model", options));
  }
};

}  // namespace

TEST_CASE("a trusted TorchScript program trains and captions") {
  const Data data;
  const auto trained = data.train({"--trust-torchscript", "--fine-tune-epochs", "1", "--encoder-learning-rate", "0"});
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  const std::vector<std::string> caption{"caption", data.path("images/0.png"), "--model", data.path("model")};
  const auto refused = test::saccade(caption);
  CHECK(refused.status == 1);
  CHECK(refused.err.find("saccade: error: " + data.path("model") + ": ") == 0);
  CHECK(refused.err.find("--trust-torchscript") != std::string::npos);
  auto trusting = caption;
  trusting.emplace_back("--trust-torchscript");
  const auto captioned = test::saccade(trusting);
  CHECK(captioned.status == 0);
  CHECK(captioned.out.find(data.path("images/0.png") + "\t") == 0);
  const auto evaluated = test::saccade({"evaluate", "--model", data.path("model"), "--images", data.path("images"),
                                        "--captions", data.path("captions.txt"), "--list", data.path("names.txt"),
                                        "--threads", "1", "--trust-torchscript"});
  CHECK(evaluated.status == 0);
}

TEST_CASE("an untrusted TorchScript program, or fine-tuning it, is refused") {
  const Data data;
  const auto untrusted = data.train({});
  CHECK(untrusted.status == 1);
  CHECK(untrusted.err.find(data.path("net.pt")) != std::string::npos);
  CHECK(untrusted.err.find("--trust-torchscript") != std::string::npos);
  const auto unfrozen = data.train({"--trust-torchscript", "--fine-tune-epochs", "1"});
  CHECK(unfrozen.status == 2);
  CHECK(unfrozen.err.find("TorchScript backbone cannot be fine-tuned") != std::string::npos);
  const auto help = test::saccade({"train", "--help"});
  CHECK(help.out.find("--trust-torchscript") != std::string::npos);
}
