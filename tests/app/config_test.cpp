#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "models/checkpoint.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/app/fixture.hpp"
#include "tests/models/published_weights.hpp"

// --config and --dump-config.

using namespace saccade;
using test::check_refused;
using test::fixture;
using Words = std::vector<std::string>;

namespace {

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// What `--dump-config` prints beside these words.
std::string dumped(const Words& words) {
  const auto outcome = test::saccade(with(words, {"--dump-config"}));
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("a dumped configuration lists every option and can be read back") {
  const test::TemporaryFolder folder;
  const std::vector<std::pair<Words, std::string>> cases{
      {{"caption", "--beam", "7", "--smooth", "2.5e-1", "--json", "--overlay", "a folder/b=c"},
       "beam = 7|smooth = 2.5e-1|json = true|overlay = a folder/b=c|# top = 1|# quiet = false|# page = FILE"},
      {{"train", "--images", "photos", "--output=model", "--cell-selection", "sample"},
       "images = photos|output = model|# train-list = FILE|# seed = 1"},
      {{"evaluate", "--images", "photos", "--beam", "1,3,5"}, "images = photos|beam = 1,3,5"},
      {{"score", "--references", "a", "b c", "--hypotheses", "h"},
       "references = a|references = b c|hypotheses = h|# against = FILE"},
      {{"check-data"}, "# images = DIR|# skip-broken = false"},
      {{"info", "--json"}, "json = true|# trust-torchscript = false"}};
  for (const auto& [words, expected] : cases) {
    const std::string text = dumped(words);
    CAPTURE(text);
    for (std::size_t begin = 0, end = 0; begin <= expected.size(); begin = end + 1) {
      end = std::min(expected.find('|', begin), expected.size());
      const std::string line = expected.substr(begin, end - begin);
      CAPTURE(line);
      CHECK(has_line(text, line));
    }
    for (const auto& line : test::saccade({words[0], "--help"}).lines()) {
      if (line.find("  --") != 0) continue;
      const std::string option = line.substr(4, line.find(' ', 4) - 4);
      CAPTURE(option);
      const bool common = option == "config" || option == "dump-config";
      CHECK((text.find("\n" + option + " = ") != std::string::npos ||
             text.find("\n# " + option + " = ") != std::string::npos) != common);
    }
    write_file(folder / "config", text);
    CHECK(dumped({words[0], "--config", (folder / "config").string()}) == text);
  }
}

TEST_CASE("the option names that the notes of earlier models quote are accepted") {
  const std::string text = dumped({"train", "--images", "photos", "--output", "model", "--thawed-stages", "2",
                                   "--key-positions", "--initial-state", "blind", "--cell=argmax", "--licence", "CC0"});
  for (const char* line : {"unfrozen-stages = 2", "position-embeddings = true", "initial-state = learned",
                           "cell-selection = argmax", "license = CC0"}) {
    CAPTURE(line);
    CHECK(has_line(text, line));
  }
}

TEST_CASE("the command line takes precedence over the configuration file") {
  const test::TemporaryFolder folder;
  const std::string config = (folder / "config").string();
  write_file(config, "# a comment\nbeam=2   # another\n\n  top =  2\njson = true\nquiet = no\n");
  const std::string text = dumped({"caption", "--config", config, "--beam", "4"});
  for (const char* line : {"beam = 4", "top = 2", "json = true", "# quiet = false"}) {
    CAPTURE(line);
    CHECK(has_line(text, line));
  }
  write_file(config, "references = a\nreferences = b\n");
  const std::string references = dumped({"score", "--references", "c", "--config", config});
  CHECK(has_line(references, "references = c"));
  CHECK_FALSE(has_line(references, "references = a"));
}

TEST_CASE("a configuration file has the same effect as its options") {
  const test::TemporaryFolder folder;
  write_file(folder / "config", "beam = 2\nmax-length = 3\njson = true\n");
  const auto outcome = test::caption({"--config", (folder / "config").string(), fixture().photo(0)});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == test::caption({"--beam", "2", "--max-length", "3", "--json", fixture().photo(0)}).out);
}

TEST_CASE("a dumped configuration gives the same training") {
  const test::TemporaryFolder folder;
  const CaptionDataset images = test::write_pictures(folder / "images", 4);
  write_file(folder / "captions.txt", test::flickr_lines(images));
  write_file(folder / "train.txt", "0.png\n1.png\n2.png\n3.png\n");
  write_file(folder / "dev.txt", "3.png\n");
  const std::string weights = (folder / "lite0.safetensors").string();
  models::write_safetensors(weights, test::published_lite0(1), {});
  const Words command = test::tiny_training(folder, "train.txt", "dev.txt", "model",
                                            {"--backbone", "efficientnet-lite0", "--backbone-weights", weights,
                                             "--input-size", "32", "--epochs", "1", "--learning-rate", "1e-3"});
  write_file(folder / "config", dumped(command));
  CHECK_FALSE(std::filesystem::exists(folder / "model"));
  REQUIRE(test::saccade(command).status == 0);
  const auto one = models::load_checkpoint(folder / "model");
  REQUIRE(test::saccade({"train", "--config", (folder / "config").string(), "--force"}).status == 0);
  const auto other = models::load_checkpoint(folder / "model");
  CHECK(one.notes.at("provenance").find("--learning-rate 1e-3") != std::string::npos);
  CHECK(other.notes.at("provenance").find("--learning-rate 1e-3") != std::string::npos);
  const auto these = one.decoder->parameters(), those = other.decoder->parameters();
  REQUIRE(these.size() == those.size());
  for (std::size_t i = 0; i < these.size(); ++i) CHECK(torch::equal(these[i], those[i]));
}

TEST_CASE("errors in a configuration file name the file and the option, with status 2") {
  const test::TemporaryFolder folder;
  const std::string config = (folder / "config").string();
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"beams = 3\n", "beams"},         {"beam = many\n", "beam"},
      {"beam = 2\nbeam = 3\n", "beam"}, {"json = maybe\n", "json"},
      {"overlay =\n", "overlay"},       {"beam 3\n", "beam 3"},
      {"photo = x.jpg", "photo"},       {"config = elsewhere\n", "config"},
      {"help = true\n", "help"},        {"[caption]\nbeam = 1\n", "caption.beam"},
      {"\x1b[2J = 3\n", "\\x1b[2J"}};
  for (const auto& [text, named] : wrong) {
    CAPTURE(text);
    write_file(config, text);
    const std::string message = check_refused(test::saccade({"caption", "--config", config, "x.jpg"}), 2);
    CHECK(message.find(config + ": ") != std::string::npos);
    CHECK(message.find(named) != std::string::npos);
  }
  CHECK(check_refused(test::saccade({"caption", "--config", "/nowhere/config", "x.jpg"}), 1).find("/nowhere/config") !=
        std::string::npos);
  write_file(config, "captions = c\n");
  CHECK(check_refused(test::saccade({"check-data", "--config", config}), 2).find("--images") != std::string::npos);
}

TEST_CASE("invalid values are not dumped") {
  for (const char* value : {" before", "behind ", "a#b", "a\nb", "\ttab"}) {
    CAPTURE(value);
    const auto outcome = test::saccade({"caption", "--overlay", value, "--dump-config"});
    CHECK(check_refused(outcome, 2).find("--overlay") != std::string::npos);
  }
  CHECK(check_refused(test::saccade({"caption", "--beam", "0", "--dump-config"}), 2).find("--beam") !=
        std::string::npos);
}
