#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "models/checkpoint.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/app/fixture.hpp"
#include "tests/models/published_weights.hpp"

// saccade train, from files to a model that captions.

using namespace saccade;
using nlohmann::json;
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
    std::vector<std::string> options{"--backbone",         "efficientnet-lite0",
                                     "--backbone-weights", path("lite0.safetensors"),
                                     "--stride",           "16",
                                     "--input-size",       "32"};
    options.insert(options.end(), more.begin(), more.end());
    return test::tiny_training(folder, "train.txt", "dev.txt", output, options);
  }
};

}  // namespace

TEST_CASE("a model is trained from six pictures, evaluated, and captions a picture") {
  const Data data;
  const auto trained =
      test::saccade(data.command("model", {"--epochs", "3", "--fine-tune-epochs", "1", "--license", "CC0"}));
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

namespace {

/// The command with another model to start from instead of published weights.
std::vector<std::string> starting_from(std::vector<std::string> words, const std::string& model) {
  const auto place = std::find(words.begin(), words.end(), "--backbone-weights");
  *place = "--start";
  *(place + 1) = model;
  return words;
}

}  // namespace

TEST_CASE("hard attention is distilled from a soft model and shares its encoder file") {
  const Data data;
  REQUIRE(test::saccade(data.command("soft", {"--epochs", "2"})).status == 0);
  const auto command = starting_from(
      data.command("hard", {"--epochs", "2", "--attention", "hard", "--samples", "3", "--baseline", "leave-one-out",
                            "--teacher-share", "0.5", "--soft-share", "0.3", "--temperature", "2", "--share-encoder"}),
      data.path("soft"));
  const auto trained = test::saccade(command);
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  const auto soft = models::load_checkpoint(data.path("soft")), hard = models::load_checkpoint(data.path("hard"));
  CHECK(hard.decoder->options().attention.attention == "hard");
  CHECK(hard.encoder_file == "soft");
  CHECK(test::same_parameters(*hard.encoder, *soft.encoder));
  CHECK_FALSE(test::same_parameters(*hard.decoder, *soft.decoder));
  CHECK(fs::file_size(data.path("hard")) < fs::file_size(data.path("soft")) / 2);
  // The file that has the encoder is read as well.
  auto over = starting_from(data.command("soft", {"--epochs", "1", "--share-encoder", "--force"}), data.path("hard"));
  CHECK(check_refused(test::saccade(over), 1).find("not overwritten") != std::string::npos);
  CHECK(check_refused(test::saccade({"evaluate", "--model", data.path("hard"), "--images", data.path("images"),
                                     "--captions", data.path("captions.txt"), "--json", data.path("soft")}),
                      1)
            .find("not overwritten") != std::string::npos);
  CHECK(test::saccade({"caption", "--model", data.path("hard"), "--threads", "1", data.path("images/0.png")}).status ==
        0);

  fs::remove(data.path("soft"));
  CHECK(check_refused(test::saccade({"caption", "--model", data.path("hard"), data.path("images/0.png")}), 1)
            .find("shares the encoder of 'soft'") != std::string::npos);
}

TEST_CASE("maps are trained with boxes, and the model notes it") {
  const Data data;
  std::string lines;
  for (const auto& image : data.images) {  // the ball is on the ground, and the ground is the lower cells
    const json words = image.captions.front();
    const json phrase{{"first", 0}, {"last", 5}, {"entity", "1"}, {"types", {"scene"}}};
    const json caption{{"words", words}, {"phrases", json::array({phrase})}};
    lines += json{{"image", image.name},
                  {"width", 100},
                  {"height", 100},
                  {"boxes", {{"1", {{0, 73, 100, 100}}}}},
                  {"captions", json::array({caption})}}
                 .dump() +
             "\n";
  }
  write_file(data.folder / "boxes.jsonl", lines);
  const std::vector<std::string> options{"--boxes",
                                         data.path("boxes.jsonl"),
                                         "--boxes-weight",
                                         "5",
                                         "--position-embeddings",
                                         "--stride",
                                         "16-expanded",
                                         "--learning-rate",
                                         "1e-2",
                                         "--averaging",
                                         "0.5",
                                         "--epochs",
                                         "6",
                                         "--self-critical-epochs",
                                         "2",
                                         "--self-critical-encoder-learning-rate",
                                         "1e-4"};
  auto command = data.command("boxed");
  const auto stride = std::find(command.begin(), command.end(), "--stride");
  command.erase(stride, stride + 2);
  command.insert(command.end(), options.begin(), options.end());
  const auto trained = test::saccade(command);
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(trained.err.find("self-critical epoch 2: loss") != std::string::npos);
  CHECK(models::load_checkpoint(data.path("boxed")).notes.at("boxes").find("boxes.jsonl") != std::string::npos);
  const auto evaluated =
      test::saccade({"evaluate", "--model", data.path("boxed"), "--images", data.path("images"), "--captions",
                     data.path("captions.txt"), "--list", data.path("train.txt"), "--boxes", data.path("boxes.jsonl"),
                     "--json", data.path("figures"), "--threads", "1"});
  CAPTURE(evaluated.err);
  REQUIRE(evaluated.status == 0);
  const json figures = json::parse(read_file(data.path("figures")));
  CHECK(figures["references"]["grounding"]["correctness"]["score"].get<double>() > 0.6);  // uniform: 0.27

  CHECK(check_refused(test::saccade(data.command("lone", {"--boxes", data.path("boxes.jsonl")})), 2)
            .find("--boxes-weight") != std::string::npos);
  CHECK(check_refused(test::saccade(data.command(
                          "none", {"--boxes", data.path("boxes.jsonl"), "--boxes-weight", "1", "--attention", "none"})),
                      2)
            .find("--attention none") != std::string::npos);
}

TEST_CASE("a refused training keeps the previous log") {
  const Data data;
  REQUIRE(test::saccade(data.command("model", {"--epochs", "1"})).status == 0);
  const std::string log = read_file(data.path("model.csv"));
  CHECK(!log.empty());
  write_file(data.folder / "boxes.jsonl", "nonsense\n");
  const std::vector<std::string> boxes{"--boxes", data.path("boxes.jsonl"), "--boxes-weight", "1"};
  CHECK(test::saccade(data.command("model", boxes)).status == 1);
  CHECK(read_file(data.path("model.csv")) == log);
  CHECK(test::saccade(data.command("other", boxes)).status == 1);
  CHECK_FALSE(fs::exists(data.path("other.csv")));
}

TEST_CASE("options that a decoder does not use are refused") {
  const Data data;
  const auto refused = [&](const std::vector<std::string>& options) {
    return check_refused(test::saccade(data.command("model", options)), 2);
  };
  CHECK(refused({"--attention", "none", "--position-embeddings"}).find("--position-embeddings") != std::string::npos);
  CHECK(refused({"--decoder", "transformer", "--initial-state", "learned"}).find("--decoder lstm") !=
        std::string::npos);
  REQUIRE(test::saccade(data.command("none", {"--epochs", "1", "--attention", "none"})).status == 0);
  auto command = starting_from(data.command("model", {"--doubly-stochastic", "1"}), data.path("none"));
  const auto width = std::find(command.begin(), command.end(), "--alignment-width");
  command.erase(width, width + 2);  // that model has none
  CHECK(check_refused(test::saccade(command), 2).find("--doubly-stochastic") != std::string::npos);
}

TEST_CASE("boxes of other captions are refused") {
  const Data data;
  write_file(data.folder / "boxes.jsonl",
             R"({"image": "0.png", "width": 9, "height": 9, "boxes": {"1": [[0, 0, 5, 5]]}, "captions": [)"
             R"({"words": ["another", "ball"], "phrases": [{"first": 0, "last": 1, "entity": "1", "types": []}]}]})"
             "\n");
  const auto outcome =
      test::saccade(data.command("model", {"--boxes", data.path("boxes.jsonl"), "--boxes-weight", "1"}));
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("no word of the training captions has a box") != std::string::npos);
}

TEST_CASE("a new decoder with other widths can be trained on an existing encoder") {
  const Data data;
  REQUIRE(test::saccade(data.command("first", {"--epochs", "1"})).status == 0);
  auto words = starting_from(
      data.command("second", {"--epochs", "1", "--new-decoder", "--teacher-share", "0.5", "--alignment", "general"}),
      data.path("first"));
  *(std::find(words.begin(), words.end(), "--hidden") + 1) = "20";
  const auto outcome = test::saccade(words);
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  const auto first = models::load_checkpoint(data.path("first")), second = models::load_checkpoint(data.path("second"));
  CHECK(test::same_parameters(*first.encoder, *second.encoder));
  CHECK(second.vocabulary.words() == first.vocabulary.words());
  CHECK(second.decoder->query_width() == 20);
  CHECK(second.decoder->options().attention.alignment == "general");
}

TEST_CASE("training can continue with larger inputs, a new decoder or a teacher") {
  const Data data;
  REQUIRE(test::saccade(data.command("first", {"--epochs", "1", "--position-embeddings"})).status == 0);
  const auto first = models::load_checkpoint(data.path("first"));
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{},
                                             {"--new-decoder", "--position-embeddings"},
                                             {"--new-decoder", "--teacher-share", "0.5"},
                                             {"--share-encoder"}}) {
    CAPTURE(more);
    auto words = starting_from(data.command("second", more), data.path("first"));
    words.insert(words.end(), {"--epochs", "1", "--force"});
    *(std::find(words.begin(), words.end(), "--input-size") + 1) = "64";
    const auto outcome = test::saccade(words);
    CAPTURE(outcome.err);
    REQUIRE(outcome.status == 0);
    const auto second = models::load_checkpoint(data.path("second"));
    CHECK(test::same_parameters(*first.encoder, *second.encoder));
    CHECK(second.encoder->grid().cells() == 4 * first.encoder->grid().cells());
    CHECK(second.preprocessing.input_size == 64);
    CHECK(test::saccade({"caption", "--model", data.path("second"), data.path("images/0.png")}).status == 0);
  }
}

TEST_CASE("options that contradict the start model are refused") {
  const Data data;
  REQUIRE(test::saccade(data.command("first", {"--epochs", "1"})).status == 0);
  const auto refused = [&](const std::vector<std::string>& more, const std::string& output = "second") {
    return check_refused(test::saccade(starting_from(data.command(output, more), data.path("first"))), 2);
  };
  CHECK(refused({"--alignment", "dot"}).find("--alignment dot: the model of --start has additive") !=
        std::string::npos);
  CHECK(refused({"--share-encoder", "--fine-tune-epochs", "1"}).find("--share-encoder") != std::string::npos);
  CHECK(refused({"--share-encoder", "--self-critical-epochs", "1", "--self-critical-encoder-learning-rate", "1e-5"})
            .find("set --self-critical-encoder-learning-rate 0") != std::string::npos);
  CHECK(refused({"--share-encoder"}, "elsewhere/second").find("in the same folder as") != std::string::npos);
  CHECK(refused({}, "first").find("--output and --start are the same file") != std::string::npos);
  CHECK(refused({"--baseline", "leave-one-out", "--samples", "1"}).find("--samples 2") != std::string::npos);
  const auto without = [&](const std::vector<std::string>& options) {
    return check_refused(test::saccade(data.command("second", options)), 2);
  };
  CHECK(without({"--share-encoder"}).find("requires --start") != std::string::npos);
  CHECK(without({"--new-decoder"}).find("requires --start") != std::string::npos);
  CHECK(without({"--teacher-share", "0.5"}).find("requires --start") != std::string::npos);
}

TEST_CASE("a killed training resumes with the same command to the same model") {
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

namespace {

/// Everything that a training leaves, by name, but for how long it took.
std::map<std::string, std::string> left_by(const Data& data, const std::string& output) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(data.folder.path())) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(output, 0) == 0 && entry.is_regular_file())
      files[name.substr(output.size())] = read_file(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("an interrupted training saves its state and resumes to the same model") {
  const Data data;
  const std::vector<std::string> long_enough{"--epochs", "12", "--patience", "100", "--save-minutes", "1000"};
  REQUIRE(test::saccade(data.command("whole", long_enough)).status == 0);
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string name = signal == SIGINT ? "int" : "term";
    test::Process process(data.command(name, long_enough));
    while (process.running() && !fs::exists(data.path(name + ".csv"))) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    process.interrupt(signal);
    const auto interrupted = process.wait();
    CAPTURE(interrupted.err);
    CHECK(interrupted.status == 128 + signal);
    CHECK(interrupted.err.find("interrupted in frozen epoch") != std::string::npos);
    CHECK(interrupted.err.find("the same command goes on from " + data.path(name + ".resume")) != std::string::npos);
    CHECK(left_by(data, name).count(".lock") == 0);
    REQUIRE(test::saccade(data.command(name, long_enough)).status == 0);
    const auto whole = models::load_checkpoint(data.path("whole")), resumed = models::load_checkpoint(data.path(name));
    CHECK(test::same_parameters(*whole.decoder, *resumed.decoder));
    CHECK(left_by(data, name).size() == 3);  // the model, its log and its page
  }
}

TEST_CASE("a training continues after its reader exits") {
  const Data data;
  std::string command = "'" SACCADE_PROGRAM "'";
  for (const auto& word : data.command("model", {"--epochs", "2"})) command += " '" + word + "'";
  CHECK(std::system((command + " 2>&1 >/dev/null | true").c_str()) == 0);
  CHECK(fs::exists(data.path("model")));
  CHECK_FALSE(fs::exists(data.path("model.resume")));
}

TEST_CASE("a second training with the same output is refused") {
  const Data data;
  test::Process first(data.command("model", {"--epochs", "500", "--patience", "500"}));
  while (first.running() && !fs::exists(data.path("model.lock"))) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(check_refused(test::saccade(data.command("model")), 1).find("another training writes to this --output now") !=
        std::string::npos);
  first.kill();
  CHECK(first.wait().status == -9);
  CHECK(test::saccade(data.command("model", {"--epochs", "1"})).err.find("another training writes") ==
        std::string::npos);
}

TEST_CASE("a finished model is replaced only with --force") {
  const Data data;
  REQUIRE(test::saccade(data.command("model", {"--epochs", "1"})).status == 0);
  const auto before = left_by(data, "model");
  CHECK(before.size() == 3);
  const auto refused = [&](const std::vector<std::string>& command) {
    const std::string sentence = check_refused(test::saccade(command), 1);
    CHECK(left_by(data, "model") == before);
    return sentence;
  };
  CHECK(refused(data.command("model")).find("--force") != std::string::npos);
  // By force, but in vain: everything is read before anything is touched.
  auto wordless = data.command("model", {"--force"});
  *(std::find(wordless.begin(), wordless.end(), "--min-count") + 1) = "1000";
  CHECK(refused(wordless).find("no word of the training captions occurs so often") != std::string::npos);
  CHECK(refused(data.command("model", {"--force", "--boxes", data.path("none"), "--boxes-weight", "1"})).find("none") !=
        std::string::npos);
  auto uncached = data.command("model", {"--force"});  // found when features are wanted, after all that is read
  *(std::find(uncached.begin(), uncached.end(), "--cache") + 1) = data.path("captions.txt");
  const auto vain = test::saccade(uncached);
  CHECK(vain.status == 1);
  CHECK(vain.err.find("captions.txt: cannot make the folder") != std::string::npos);
  CHECK(left_by(data, "model") == before);
  REQUIRE(test::saccade(data.command("model", {"--epochs", "1", "--seed", "2", "--force"})).status == 0);
  CHECK(left_by(data, "model") != before);
}

TEST_CASE("an output that is also an input is refused, and so is a training without epochs") {
  const Data data;
  CHECK(check_refused(test::saccade(data.command("lite0.safetensors", {"--force"})), 2).find("--backbone-weights") !=
        std::string::npos);
  CHECK(check_refused(test::saccade(data.command("captions.txt")), 2).find("--captions") != std::string::npos);
  CHECK(check_refused(test::saccade(data.command("model", {"--epochs", "0"})), 2).find("no epochs to train") !=
        std::string::npos);
  CHECK(left_by(data, "model").empty());

  const std::string photo = read_file(data.path("images/0.png"));
  CHECK(check_refused(test::saccade(data.command("images/0.png", {"--force"})), 1).find("not overwritten") !=
        std::string::npos);
  CHECK(read_file(data.path("images/0.png")) == photo);
  write_file(data.path("options"), "seed = 3\n");
  CHECK(check_refused(test::saccade(data.command("options", {"--config", data.path("options"), "--force"})), 1)
            .find("not overwritten") != std::string::npos);
  for (const auto& image : data.images) {
    write_file(data.folder / "images" / fs::path(image.name).replace_extension(".txt"), "a ball\n");
  }
  auto text = data.command("images/0.txt", {"--force"});
  const auto captions = std::find(text.begin(), text.end(), "--captions");
  *(captions + 1) = data.path("images");
  CHECK(check_refused(test::saccade(text), 1).find("not overwritten") != std::string::npos);
  text.erase(captions, captions + 2);  // it is the folder of images, unless something else is said
  CHECK(check_refused(test::saccade(text), 1).find("not overwritten") != std::string::npos);
  CHECK(read_file(data.path("images/0.txt")) == "a ball\n");
  for (const char* const name : {"mine.lock", "mine.saccade~", "mine.resume.saccade~"}) {
    CAPTURE(name);
    fs::copy_file(data.path("captions.txt"), data.path(name));
    auto named = data.command("mine");
    *(std::find(named.begin(), named.end(), "--captions") + 1) = data.path(name);
    CHECK(check_refused(test::saccade(named), 1).find(name) != std::string::npos);
    CHECK(read_file(data.path(name)) == read_file(data.path("captions.txt")));
    fs::remove(data.path(name));
  }
  fs::copy_file(data.path("images/0.png"), data.path("images/own.csv"));
  write_file(data.path("all"), read_file(data.path("captions.txt")) + "own.csv#0\ta ball\n");
  write_file(data.path("list"), read_file(data.path("train.txt")) + "own.csv\n");
  auto own = data.command("images/own", {"--force"});
  *(std::find(own.begin(), own.end(), "--captions") + 1) = data.path("all");
  *(std::find(own.begin(), own.end(), "--train-list") + 1) = data.path("list");
  CHECK(test::saccade(own).status == 1);
  CHECK(read_file(data.path("images/own.csv")) == photo);
  CHECK(check_refused(test::saccade(data.command("model", {"--license", "\xff"})), 2).find("--license") !=
        std::string::npos);
  write_file(data.path("mine.csv"), "what,I,count\n");
  CHECK(check_refused(test::saccade(data.command("mine")), 1)
            .find("mine.csv: the file exists and was not written by this program") != std::string::npos);
  CHECK(read_file(data.path("mine.csv")) == "what,I,count\n");
}

TEST_CASE("another command does not resume a killed training") {
  const Data data;
  REQUIRE(test::saccade(data.command("first", {"--epochs", "1"})).status == 0);
  REQUIRE(test::saccade(data.command("other", {"--epochs", "1", "--seed", "2"})).status == 0);
  const auto stopped = [&](const std::vector<std::string>& command, const std::string& output) {
    test::Process process(command);
    while (process.running() && !fs::exists(data.path(output + ".resume"))) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    process.kill();
    process.wait();
    REQUIRE(fs::exists(data.path(output + ".resume")));
  };
  const auto refused = [&](const std::vector<std::string>& command, const std::string& difference) {
    const auto outcome = test::saccade(command);
    CAPTURE(outcome.err);
    CHECK(outcome.status == 1);
    CHECK(outcome.err.find("it was begun with " + difference + "; delete it to begin anew") != std::string::npos);
  };
  const std::vector<std::string> enough{"--epochs", "500", "--patience", "500", "--save-minutes", "0"};
  const auto with = [&enough](std::vector<std::string> more) {
    more.insert(more.begin(), enough.begin(), enough.end());
    return more;
  };
  stopped(data.command("dot", with({"--alignment", "dot"})), "dot");
  const auto log_of_dot = [&] {  // there is none before the first epoch has ended
    return fs::exists(data.path("dot.csv")) ? read_file(data.path("dot.csv")) : std::string();
  };
  const std::string log = log_of_dot();
  refused(data.command("dot", with({"--alignment", "scaled-dot"})), "alignment=dot, not scaled-dot");
  CHECK(log_of_dot() == log);
  auto larger = data.command("dot", with({"--alignment", "dot"}));
  *(std::find(larger.begin(), larger.end(), "--input-size") + 1) = "64";
  refused(larger, "input-size=32, not 64");
  auto fewer = data.command("dot", with({"--alignment", "dot"}));
  *(std::find(fewer.begin(), fewer.end(), "--dev-list") + 1) = data.path("train.txt");
  refused(fewer, "other dev images or captions");

  stopped(starting_from(data.command("second", enough), data.path("first")), "second");
  fs::copy_file(data.path("other"), data.path("first"), fs::copy_options::overwrite_existing);
  refused(starting_from(data.command("second", enough), data.path("first")), "other weights to begin with");
}

TEST_CASE("unsupported training options are one error") {
  const Data data;
  // An output that cannot be written is told before the work begins.
  CHECK(check_refused(test::saccade(data.command("missing/model")), 1).find("missing/model") != std::string::npos);
  // Weights of another network.
  models::write_safetensors(data.path("other.safetensors"), {{"weight", torch::zeros({1})}}, {});
  auto words = data.command("model");
  *(std::find(words.begin(), words.end(), "--backbone-weights") + 1) = data.path("other.safetensors");
  CHECK(check_refused(test::saccade(words), 1).find("other.safetensors") != std::string::npos);
}

TEST_CASE("all problems of the data are reported before training, and --skip-broken skips them") {
  const Data data;
  fs::remove(data.path("images/3.png"));
  write_file(data.path("images/2.png"), "no picture");
  write_file(data.path("captions.txt"), read_file(data.path("captions.txt")) + "no tab\n0.png#9\t...\n");
  const auto refused = test::saccade(data.command("model", {"--epochs", "1"}));
  CAPTURE(refused.err);
  CHECK(refused.status == 1);
  const auto lines = refused.error_lines();
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] ==
        "malformed        " + data.path("captions.txt") + ": line 7: expected 'name#k<TAB>caption', found no tab");
  CHECK(lines[1].find("empty caption    " + data.path("captions.txt") + ": line 8") == 0);
  CHECK(lines[2].find("broken photo     " + data.path("images/2.png")) == 0);
  CHECK(lines[3] == "missing photo    " + data.path("images/3.png") + ": there is no such file");
  CHECK(lines[4].find("1 malformed, 1 empty caption, 1 broken photo, 1 missing photo") != std::string::npos);
  CHECK_FALSE(fs::exists(data.path("model.csv")));
  const auto trained = test::saccade(data.command("model", {"--epochs", "1", "--skip-broken"}));
  CAPTURE(trained.err);
  CHECK(trained.status == 0);
  CHECK(trained.err.find("4 training and 2 dev images") != std::string::npos);
}
