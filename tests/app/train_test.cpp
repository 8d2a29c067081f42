#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "core/atomic_file.hpp"
#include "models/checkpoint.hpp"
#include "models/safetensors.hpp"
#include "tests/app/fixture.hpp"
#include "tests/models/published_weights.hpp"

// saccade train, from files to a model that captions.

using namespace saccade;
using test::check_refused;
namespace fs = std::filesystem;

namespace {

/// Six pictures with a caption each, lists, and published weights of random numbers.
struct Data {
  test::TemporaryFolder folder;
  CaptionDataset images = test::write_pictures(folder / "images", 6);

  Data() {
    write_file(folder / "captions.txt", test::flickr_lines(images));
    write_file(folder / "train.txt", "0.png\n1.png\n2.png\n3.png\n4.png\n5.png\n");
    write_file(folder / "dev.txt", "4.png\n5.png\n");
    models::write_safetensors(folder / "lite0.safetensors", test::published_lite0(1), {});
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }

  std::vector<std::string> command(const std::string& output, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"train",
                                   "--images",
                                   path("images"),
                                   "--captions",
                                   path("captions.txt"),
                                   "--train-list",
                                   path("train.txt"),
                                   "--dev-list",
                                   path("dev.txt"),
                                   "--backbone",
                                   "efficientnet-lite0",
                                   "--backbone-weights",
                                   path("lite0.safetensors"),
                                   "--output",
                                   path(output),
                                   "--cache",
                                   path("cache"),
                                   "--stride",
                                   "16",
                                   "--input-size",
                                   "32",
                                   "--hidden",
                                   "16",
                                   "--embedding",
                                   "12",
                                   "--alignment-width",
                                   "8",
                                   "--min-count",
                                   "1",
                                   "--images-per-batch",
                                   "2",
                                   "--threads",
                                   "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

}  // namespace

TEST_CASE("a model is trained from six pictures, evaluated, and captions a picture") {
  const Data data;
  const auto trained =
      test::saccade(data.command("model", {"--epochs", "3", "--fine-tune-epochs", "1", "--licence", "CC0"}));
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(trained.err.find("frozen epoch 1: loss") != std::string::npos);
  CHECK(trained.err.find("fine-tuning epoch 1: loss") != std::string::npos);
  CHECK(trained.err.find("the best model is " + data.path("model")) != std::string::npos);
  CHECK(test::lines_of(read_file(data.path("model.csv"))).size() == 5);
  CHECK_FALSE(fs::exists(data.path("model.resume")));

  const auto model = models::load_checkpoint(data.path("model"));
  CHECK(model.vocabulary.index("ball") >= Vocabulary::kSpecials);
  CHECK(model.notes.at("licence") == "CC0");
  CHECK(model.notes.at("provenance").find("saccade train --images") == 0);

  const auto evaluated =
      test::saccade({"evaluate", "--model", data.path("model"), "--images", data.path("images"), "--captions",
                     data.path("captions.txt"), "--list", data.path("dev.txt"), "--beam", "2", "--threads", "1"});
  CHECK(evaluated.status == 0);
  CHECK(evaluated.lines().front().find("2 images") == 0);
  const auto captioned =
      test::saccade({"caption", "--model", data.path("model"), "--threads", "1", data.path("images/0.png")});
  CHECK(captioned.status == 0);
  CHECK(captioned.lines().size() == 1);
}

TEST_CASE("training can start from a model instead of new weights") {
  const Data data;
  REQUIRE(test::saccade(data.command("first", {"--epochs", "1"})).status == 0);
  auto words = data.command("second", {"--epochs", "1", "--learning-rate", "0", "--start", data.path("first")});
  const auto place = std::find(words.begin(), words.end(), "--backbone-weights");
  words.erase(place, place + 2);
  const auto outcome = test::saccade(words);
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  const auto first = models::load_checkpoint(data.path("first"));
  const auto second = models::load_checkpoint(data.path("second"));
  CHECK(test::same_parameters(*first.encoder, *second.encoder));
  CHECK(test::same_parameters(*first.decoder, *second.decoder));  // at a rate of 0
}

TEST_CASE("a training that was killed is resumed by the same command, to the same model") {
  const Data data;
  const std::vector<std::string> long_enough{"--epochs", "12", "--patience", "100"};
  REQUIRE(test::saccade(data.command("whole", long_enough)).status == 0);
  {
    test::Process process(data.command("killed", long_enough));
    // As soon as something could be resumed; should the machine be so fast that it has ended, the next check says so.
    while (process.running() && !fs::exists(data.path("killed.resume"))) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    process.kill();
    CHECK(process.wait().status == -9);
  }
  REQUIRE(fs::exists(data.path("killed.resume")));
  const auto resumed = test::saccade(data.command("killed", long_enough));
  CAPTURE(resumed.err);
  REQUIRE(resumed.status == 0);
  CHECK(resumed.err.find("going on with frozen epoch") != std::string::npos);
  const auto whole = models::load_checkpoint(data.path("whole"));
  const auto killed = models::load_checkpoint(data.path("killed"));
  CHECK(test::same_parameters(*whole.encoder, *killed.encoder));
  CHECK(test::same_parameters(*whole.decoder, *killed.decoder));
  CHECK(test::lines_of(read_file(data.path("whole.csv"))).size() ==
        test::lines_of(read_file(data.path("killed.csv"))).size());
}

TEST_CASE("what training cannot do is told in one sentence") {
  const Data data;
  // An output that cannot be written is told before the work begins.
  CHECK(check_refused(test::saccade(data.command("missing/model")), 1).find("missing/model") != std::string::npos);
  // Weights of another network.
  models::write_safetensors(data.path("other.safetensors"), {{"weight", torch::zeros({1})}}, {});
  auto words = data.command("model");
  *(std::find(words.begin(), words.end(), "--backbone-weights") + 1) = data.path("other.safetensors");
  CHECK(check_refused(test::saccade(words), 1).find("other.safetensors") != std::string::npos);
  // A listed image without file, and one that is no picture.
  fs::remove(data.path("images/3.png"));
  CHECK(check_refused(test::saccade(data.command("model")), 1).find("3.png") != std::string::npos);
  write_file(data.path("images/3.png"), "no picture");
  const auto outcome = test::saccade(data.command("model"));
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("saccade: error: " + data.path("images/3.png")) != std::string::npos);
}
