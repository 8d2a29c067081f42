#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "core/base/atomic_file.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/app/fixture.hpp"
#include "tests/models/published_weights.hpp"

// Every mechanism on the whole path of a user: trained, killed, gone on with, captioning, drawn and evaluated.

using namespace saccade;
using nlohmann::json;
using test::check_refused;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

struct Kind {
  std::string name;
  Words options;
  int layers = 1, heads = 1;  // of its maps; no heads: it has none
  Words other;                // another mechanism, with which its training does not go on ...
  std::string difference;     // ... because it was begun with this

  bool hard() const { return std::find(options.begin(), options.end(), "hard") != options.end(); }
  bool gated() const { return std::find(options.begin(), options.end(), "transformer") == options.end(); }
};

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// All mechanisms but the global attention before the LSTM's step, of which every other test of the program is.
std::vector<Kind> every_kind() {
  const Words none{"--attention", "none"};
  const Words transformer{"--decoder", "transformer", "--layers", "2", "--word-heads", "2", "--heads", "2"};
  std::vector<Kind> all{
      {"none", none, 1, 0, joined(none, {"--mean-context"}), "mean-context=false, not true"},
      {"none, mean context", joined(none, {"--mean-context"}), 1, 0, {}, "attention=none, not soft"},
      {"none, Transformer", joined(none, transformer), 2, 0, {}, ""},
  };
  const std::vector<Kind> looking{
      {"local-m", {"--weighting", "local-m"}, 1, 1, {"--weighting", "local-p"}, "weighting=local-m, not local-p"},
      {"local-p",
       {"--weighting", "local-p", "--window", "1"},
       1,
       1,
       {"--weighting", "local-p", "--window", "2"},
       "window=1, not 2"},
      {"hierarchical",
       {"--weighting", "hierarchical", "--block", "1"},
       1,
       1,
       {"--weighting", "hierarchical"},
       "block=1, not 2"},
      {"multi-head",
       {"--weighting", "multi-head", "--heads", "2"},
       1,
       2,
       {"--weighting", "multi-head", "--heads", "4"},
       "heads=2, not 4"},
      {"refiner",
       {"--refiner-layers", "1", "--refiner-width", "8", "--refiner-heads", "2"},
       1,
       1,
       {},
       "refiner-layers=1, not 0"},
      {"Transformer", transformer, 2, 2, {}, "decoder=transformer, not lstm"},
      {"after the LSTM's step", {"--placement", "after"}, 1, 1, {}, "placement=after, not before"},
  };
  for (const Kind& kind : looking) {
    all.push_back(kind);
    all.push_back(
        {"hard, " + kind.name, joined(kind.options, {"--attention", "hard"}), kind.layers, kind.heads, {}, ""});
  }
  return all;
}

/// Four pictures with captions, and a model whose encoder all others share.
struct Data {
  test::TemporaryFolder folder;
  CaptionDataset images = test::write_pictures(folder / "images", 4);

  Data() {
    write_file(folder / "captions.txt", test::flickr_lines(images));
    write_file(folder / "list.txt", "0.png\n1.png\n2.png\n3.png\n");
    models::write_safetensors(folder / "lite0.safetensors", test::published_lite0(1), {});
    const auto outcome =
        test::saccade(train("first", {"--backbone-weights", path("lite0.safetensors"), "--backbone",
                                      "efficientnet-lite0", "--stride", "16", "--input-size", "32", "--epochs", "1"}));
    CAPTURE(outcome.err);
    REQUIRE(outcome.status == 0);
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string photo() const { return path("images/0.png"); }

  Words train(const std::string& output, const Words& more) const {
    return test::tiny_training(folder, "list.txt", "list.txt", output, joined({"--learning-rate", "0.02"}, more));
  }

  /// Training a new decoder on the first model's encoder.
  Words go_on(const Words& options, int epochs) const {
    return train("model", joined({"--start", path("first"), "--share-encoder", "--new-decoder", "--save-minutes", "0",
                                  "--patience", "1000", "--epochs", std::to_string(epochs)},
                                 options));
  }

  /// Kills a training as soon as it could be resumed, and returns its epochs: on a busy machine short trainings end
  /// before they are killed.
  int begin_and_kill(const Words& options) const {
    for (int epochs = 8; epochs < 10000; epochs *= 4) {
      fs::remove(path("model"));
      test::Process process(go_on(options, epochs));
      while (process.running() && !fs::exists(path("model.resume"))) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
      process.kill();
      const auto outcome = process.wait();
      CAPTURE(outcome.err);
      REQUIRE((outcome.status == -9 || outcome.status == 0));
      if (fs::exists(path("model.resume"))) return epochs;
    }
    FAIL("the training was never killed in time");
    return 0;
  }

  test::Outcome caption(const Words& more) const {
    return test::saccade(joined({"caption", "--model", path("model"), "--threads", "1"}, more));
  }
};

using Table = std::vector<std::vector<double>>;

/// Checks that a table of JSON has so many rows, each of weights of the 2 x 2 cells that sum to 1.
Table check_maps(const json& rows, std::size_t count) {
  const auto table = rows.get<Table>();
  REQUIRE(table.size() == count);
  for (const auto& weights : table) {
    REQUIRE(weights.size() == 4);
    double sum = 0;
    for (const double weight : weights) {
      CHECK(weight >= 0);
      sum += weight;
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-4));
  }
  return table;
}

/// Checks that `alpha` is the mean of some of a word's maps.
void check_mean(const std::vector<double>& alpha, const Table& maps, int first, int count) {
  for (std::size_t i = 0; i < alpha.size(); ++i) {
    double mean = 0;
    for (int map = first; map < first + count; ++map) mean += maps[static_cast<std::size_t>(map)][i] / count;
    CHECK(alpha[i] == doctest::Approx(mean).epsilon(1e-4));
  }
}

/// Checks what --json says, where `layer` and `head` (from 1) were asked for, or the last layer and all heads.
void check_json(const json& object, const Kind& kind, int layer, int head) {
  const auto words = object.at("words").size();
  REQUIRE(words > 0);
  CHECK(object.at("log_probabilities").size() == words);
  CHECK(object.at("grid").at("rows") == 2);
  if (kind.heads == 0) {
    CHECK(object.at("alpha").empty());
    CHECK(object.at("cells").empty());
    CHECK_FALSE(object.contains("maps"));
    return;
  }
  const Table alpha = check_maps(object.at("alpha"), words);
  CHECK(object.at("beta").size() == (kind.gated() ? words : 0));
  const int maps = kind.layers * kind.heads;
  if (maps == 1) {
    CHECK_FALSE(object.contains("maps"));
    CHECK(object.at("cells").size() == (kind.hard() ? words : 0));
    return;
  }
  CHECK(object.at("layers") == kind.layers);
  CHECK(object.at("heads") == kind.heads);
  REQUIRE(object.at("maps").size() == words);
  REQUIRE(object.at("cells_of_maps").size() == (kind.hard() ? words : 0));
  const int first = (layer - 1) * kind.heads + std::max(head - 1, 0);
  for (std::size_t t = 0; t < words; ++t) {
    const Table of_word = check_maps(object.at("maps")[t], static_cast<std::size_t>(maps));
    check_mean(alpha[t], of_word, first, head == 0 ? kind.heads : 1);
    if (!kind.hard()) continue;
    const auto cells = object.at("cells_of_maps")[t].get<std::vector<int>>();
    REQUIRE(cells.size() == static_cast<std::size_t>(maps));
    for (std::size_t map = 0; map < cells.size(); ++map) {
      const auto& weights = of_word[map];
      CHECK(cells[map] == std::max_element(weights.begin(), weights.end()) - weights.begin());
    }
    if (head > 0) CHECK(object.at("cells")[t] == cells[static_cast<std::size_t>(first)]);
  }
  if (kind.hard() && head == 0) CHECK(object.at("cells").empty());  // several heads see no one cell
}

json first_object(const test::Outcome& outcome) {
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  return json::parse(outcome.lines().at(0));
}

void check_training(const Data& data, const Kind& kind) {
  const int epochs = data.begin_and_kill(kind.options);
  if (!kind.difference.empty()) {
    const auto refused = test::saccade(data.go_on(kind.other, epochs));
    CHECK(refused.status == 1);
    CAPTURE(refused.err);
    CHECK(refused.err.find("it was begun with ") != std::string::npos);
    CHECK(refused.err.find(kind.difference) != std::string::npos);
    CHECK(refused.err.find("; delete it to begin anew") != std::string::npos);
  }
  const auto resumed = test::saccade(data.go_on(kind.options, epochs));
  CAPTURE(resumed.err);
  REQUIRE(resumed.status == 0);
  CHECK(resumed.err.find("going on with frozen epoch") != std::string::npos);
  CHECK((resumed.err.find("entropy") != std::string::npos) == (kind.heads > 0));
  CHECK_FALSE(fs::exists(data.path("model.resume")));
}

void check_captions(const Data& data, const Kind& kind) {
  const std::string sheet = data.path("sheet.png"), path = data.path("path.png");
  fs::remove(sheet);
  if (kind.heads == 0) {
    check_json(first_object(data.caption({"--json", data.photo()})), kind, 1, 0);
    const auto refused = check_refused(data.caption({"--overlay", sheet, data.photo()}), 2);
    CHECK(refused.find("has no attention maps to draw") != std::string::npos);
    CHECK_FALSE(fs::exists(sheet));
    const char* which = kind.layers == 1 ? "--head" : "--layer";
    CHECK(check_refused(data.caption({which, "1", data.photo()}), 2).find("has no attention maps; leave out --head") !=
          std::string::npos);
    return;
  }
  check_json(first_object(data.caption({"--json", "--overlay", sheet, data.photo()})), kind, kind.layers, 0);
  CHECK(cv::imread(sheet).cols > 96);
  if (kind.layers * kind.heads == 1) return;

  fs::remove(path);
  Words one{"--json", "--head", "2", "--layer", "1", data.photo()};
  if (kind.hard()) one = joined(one, {"--scan-path", path});
  check_json(first_object(data.caption(one)), kind, 1, 2);
  CHECK(fs::exists(path) == kind.hard());
  if (kind.hard()) {
    CHECK(check_refused(data.caption({"--scan-path", path, data.photo()}), 2).find("select it with --head") !=
          std::string::npos);
    return;
  }
  const std::string heads = std::to_string(kind.heads), layers = std::to_string(kind.layers);
  const auto beyond = std::to_string(kind.heads + 1), above = std::to_string(kind.layers + 1);
  CHECK(check_refused(data.caption({"--head", beyond, data.photo()}), 2).find("--head " + beyond) != std::string::npos);
  CHECK(check_refused(data.caption({"--layer", above, data.photo()}), 2).find("--layer " + above) != std::string::npos);
}

void check_evaluation(const Data& data, const Kind& kind) {
  Words words{"evaluate",
              "--model",
              data.path("model"),
              "--images",
              data.path("images"),
              "--captions",
              data.path("captions.txt"),
              "--list",
              data.path("list.txt"),
              "--beam",
              "2",
              "--json",
              data.path("found.json"),
              "--likelihood",
              "2",
              "--threads",
              "1"};
  const auto outcome = test::saccade(words);
  CAPTURE(outcome.err);
  CAPTURE(outcome.out);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("4 images") == 0);
  CHECK(outcome.out.find(kind.hard() ? "lower bound, 2 samples" : "log p(y | a)") != std::string::npos);
  CHECK(outcome.out.find("nan") == std::string::npos);
  // Of what is not there nothing is said.
  CHECK((outcome.out.find("entropy") != std::string::npos) == (kind.heads > 0));
  const json found = json::parse(read_file(data.path("found.json")));
  CHECK(found.at("trials").at(0).contains("attention") == (kind.heads > 0));
}

template <typename Chosen>
void check_every(const Chosen& chosen) {
  const Data data;
  for (const Kind& kind : every_kind()) {
    if (!chosen(kind)) continue;
    CAPTURE(kind.name);
    check_training(data, kind);
    check_captions(data, kind);
    check_evaluation(data, kind);
  }
}

}  // namespace

TEST_CASE("models without attention train, resume, caption and evaluate, but have no pictures") {
  check_every([](const Kind& kind) { return kind.heads == 0; });
}

TEST_CASE("every kind of soft attention trains, resumes, captions, draws and evaluates") {
  check_every([](const Kind& kind) { return kind.heads > 0 && !kind.hard(); });
}

TEST_CASE("every kind of hard attention trains, resumes, captions, draws and evaluates") {
  check_every([](const Kind& kind) { return kind.hard(); });
}

TEST_CASE("options that contradict each other are refused before data is read") {
  // There are no captions and no photos where these say.
  const Words nowhere{"train",
                      "--images",
                      "nowhere",
                      "--captions",
                      "nowhere.txt",
                      "--output",
                      "nowhere.safetensors",
                      "--backbone-weights",
                      "nowhere.pth"};
  const std::vector<std::pair<Words, std::string>> all{
      {{"--decoder", "transformer", "--embedding", "255", "--word-heads", "5"}, "must have an even width"},
      {{"--decoder", "transformer", "--embedding", "256", "--word-heads", "5"}, "no multiple of its 5 heads"},
      {{"--decoder", "transformer", "--alignment-width", "30"}, "30 is no multiple of the 8 heads"},
      {{"--weighting", "multi-head", "--heads", "3"}, "256 is no multiple of the 3 heads"},
      {{"--weighting", "multi-head", "--alignment", "dot"}, "scaled-dot, not dot"},
      {{"--weighting", "hierarchical", "--alignment", "content"}, "choose another"},
      {{"--weighting", "hierarchical", "--alignment", "location"}, "not location"},
      {{"--refiner-layers", "1", "--refiner-width", "30"}, "must be a multiple of 4"},
      {{"--refiner-layers", "1", "--refiner-width", "36"}, "and of its 8 heads"},
      {{"--backbone", "resnet-18", "--stride", "16-expanded"}, "choose 16, 16-full or 32"},
      {{"--input-size", "100"}, "multiple of 32 up to 1024, not 100"},
  };
  for (const auto& [options, why] : all) {
    CAPTURE(why);
    CHECK(check_refused(test::saccade(joined(nowhere, options)), 2).find(why) != std::string::npos);
  }
}
