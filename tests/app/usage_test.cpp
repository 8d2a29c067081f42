#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/app/fixture.hpp"

// The command line itself: help, and what is wrong usage (status 2, one sentence).

using namespace saccade;
using test::check_refused;
using test::fixture;
using Words = std::vector<std::string>;

namespace {

const Words kCommands{"caption", "train", "evaluate", "score"};

void check_wrong(const Words& words, const std::string& named) {
  std::string line;
  for (const auto& word : words) line += word + " ";
  CAPTURE(line);
  const std::string message = check_refused(test::saccade(words), 2);
  CHECK(message.find(named) != std::string::npos);
}

/// A complete command of training, but for what `more` adds; its files do not exist.
Words train(const Words& more) {
  Words words{"train",          "--images",   "/nowhere/images", "--captions", "/nowhere/captions", "--train-list",
              "/nowhere/train", "--dev-list", "/nowhere/dev",    "--output",   "/nowhere/model"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words evaluate(const Words& more) {
  Words words{"evaluate", "--images", "/nowhere/images", "--captions", "/nowhere/captions", "--list", "/nowhere/list"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("help and version are printed on request, with status 0") {
  for (const Words& words : {Words{"--help"}, {"-h"}, {"help"}, {"--version"}}) {
    const auto outcome = test::saccade(words);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find("saccade") != std::string::npos);
  }
  const auto help = test::saccade({"--help"}).out;
  for (const auto& command : kCommands) CHECK(help.find("\n  " + command + " ") != std::string::npos);
}

TEST_CASE("every command explains itself") {
  for (const auto& command : kCommands) {
    CAPTURE(command);
    for (const char* const option : {"--help", "-h"}) {
      const auto outcome = test::saccade({command, option});
      CHECK(outcome.status == 0);
      CHECK(outcome.err.empty());
      CHECK(outcome.out.find("Usage: saccade " + command) == 0);
      CHECK(outcome.out.find("--help") != std::string::npos);
    }
    CHECK(test::saccade({command, "--help"}, {}, "/dev/full").status == 1);
  }
}

TEST_CASE("no line of help is wider than 120 columns") {
  for (const auto& command : kCommands) {
    for (const auto& line : test::saccade({command, "--help"}).lines()) {
      CAPTURE(line);
      CHECK(line.size() <= 120);
    }
  }
}

TEST_CASE("a missing or an unknown command is wrong usage") {
  check_wrong({}, "command is missing");
  check_wrong({"describe"}, "'describe'");
  check_wrong({"--verbose"}, "'--verbose'");
  check_wrong({""}, "''");
}

TEST_CASE("a missing photo or a missing required option is wrong usage") {
  check_wrong({"caption"}, "photo is missing");
  check_wrong({"caption", "--beam", "3"}, "photo is missing");
  check_wrong({"train"}, "--");
  for (const char* const option : {"--images", "--captions", "--list"}) {
    auto words = evaluate({});
    const auto place = std::find(words.begin(), words.end(), option);
    words.erase(place, place + 2);
    check_wrong(words, option);
  }
  for (const char* const option : {"--images", "--captions", "--train-list", "--dev-list", "--output"}) {
    auto words = train({"--backbone-weights", "/nowhere/weights"});
    const auto place = std::find(words.begin(), words.end(), option);
    words.erase(place, place + 2);
    check_wrong(words, option);
  }
}

TEST_CASE("an unknown or a misspelt option is wrong usage, never another option") {
  for (const auto& command : kCommands) {
    check_wrong({command, "--nonsense"}, "--nonsense");
  }
  check_wrong({"caption", "--thread", "1", "photo.jpg"}, "--thread");
  check_wrong({"caption", "--overla", "x", "photo.jpg"}, "--overla");
  check_wrong(evaluate({"surplus"}), "positional");
}

TEST_CASE("an option without its value, or twice, is wrong usage") {
  check_wrong({"caption", "photo.jpg", "--beam"}, "--beam");
  check_wrong({"caption", "photo.jpg", "--beam", "2", "--beam", "3"}, "--beam");
  check_wrong({"caption", "photo.jpg", "--json=yes"}, "--json");
}

TEST_CASE("a value that cannot be is wrong usage") {
  for (const char* const value : {"0", "-1", "101", "many", "2.5", ""})
    check_wrong({"caption", "x.jpg", "--beam", value}, "beam");
  check_wrong({"caption", "x.jpg", "--top", "0"}, "--top");
  check_wrong({"caption", "x.jpg", "--top", "6"}, "--top");
  check_wrong({"caption", "x.jpg", "--beam", "2", "--top", "3"}, "--top");
  check_wrong({"caption", "x.jpg", "--smooth", "1.5"}, "--smooth");
  check_wrong({"caption", "x.jpg", "--smooth", "nan"}, "--smooth");
  check_wrong({"caption", "x.jpg", "--scale", "picture"}, "'picture'");
  check_wrong({"caption", "x.jpg", "--overlay-each"}, "--overlay");
  check_wrong({"caption", "x.jpg", "--device", "toaster"}, "'toaster'");
  check_wrong({"caption", "x.jpg", "--threads", "-1"}, "--threads");
  for (const char* const value : {"0", "5,", ",", "5,x", "1000", "-3", "1;2", ""})
    check_wrong(evaluate({"--beam", value}), "beam");
  check_wrong(evaluate({"--length-penalty", "-1"}), "--length-penalty");
  check_wrong(evaluate({"--device", "toaster"}), "'toaster'");
}

TEST_CASE("every command takes the same numbers of threads") {
  const Words weights{"--backbone-weights", "/nowhere/weights"};
  for (const char* const value : {"-1", "100000", "two"}) {
    check_wrong({"caption", "x.jpg", "--threads", value}, "threads");
    check_wrong(evaluate({"--threads", value}), "threads");
    auto words = train(weights);
    words.insert(words.end(), {"--threads", value});
    check_wrong(words, "threads");
  }
}

TEST_CASE("a value that training cannot use is wrong usage") {
  const std::vector<std::pair<const char*, const char*>> wrong{{"--stride", "8"},
                                                               {"--epochs", "-1"},
                                                               {"--images-per-batch", "0"},
                                                               {"--dropout", "1"},
                                                               {"--word-dropout", "-0.1"},
                                                               {"--patience", "0"},
                                                               {"--min-count", "0"},
                                                               {"--learning-rate", "-1"},
                                                               {"--averaging", "1"},
                                                               {"--precision", "int8"},
                                                               {"--hidden", "0"},
                                                               {"--embedding", "100000"},
                                                               {"--samples", "1"},
                                                               {"--input-size", "33"},
                                                               {"--backbone", "vgg"},
                                                               {"--alignment", "blind"},
                                                               {"--attention", "blind"},
                                                               {"--thawed-stages", "0"},
                                                               {"--label-smoothing", "1.5"},
                                                               {"--device", "toaster"},
                                                               {"--epochs", "several"},
                                                               {"--cider-weight", "-1"},
                                                               {"--doubly-stochastic", "nan"}};
  for (const auto& [option, value] : wrong) {
    check_wrong(train({"--backbone-weights", "/nowhere/weights", option, value}), std::string(option).substr(2));
  }
  // A new model or an old one, not both, not neither.
  check_wrong(train({}), "--backbone-weights");
  check_wrong(train({"--backbone-weights", "/nowhere/w", "--start", "/nowhere/m"}), "--start");
}

TEST_CASE("right usage of files that are not there is a failure, not wrong usage") {
  CHECK(check_refused(test::saccade(evaluate({"--model", "/nowhere/model", "--threads", "1"})), 1)
            .find("/nowhere/model") != std::string::npos);
  CHECK(check_refused(test::saccade(train({"--backbone-weights", "/nowhere/weights", "--threads", "1"})), 1)
            .find("/nowhere/") != std::string::npos);
  CHECK(check_refused(test::saccade({"caption", "--model", "/nowhere/model", "--threads", "1", "x.jpg"}), 1)
            .find("/nowhere/model") != std::string::npos);
}

TEST_CASE("a photo whose name looks like an option can be given after --") {
  const test::TemporaryFolder folder;
  const auto outcome = test::caption({"--", "--nonsense.png"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("--nonsense.png") != std::string::npos);
}
