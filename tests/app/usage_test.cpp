#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/app/fixture.hpp"

// The command line itself: help, and what is wrong usage (status 2, one sentence).

using namespace saccade;
using test::check_refused;
using test::fixture;
using Words = std::vector<std::string>;

namespace {

const Words kCommands{"caption", "train", "evaluate", "score", "check-data", "info", "serve"};

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
  for (const Words& words : {Words{"--help"}, {"help"}, {"--version"}, {"version"}}) {
    const auto outcome = test::saccade(words);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find("saccade") != std::string::npos);
  }
}

TEST_CASE("every command has help that fits on a screen") {
  const auto help = test::saccade({"--help"}).out;
  for (const auto& command : kCommands) {
    CAPTURE(command);
    CHECK(help.find("\n  " + command + " ") != std::string::npos);
    const auto outcome = test::saccade({command, "--help"});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find("Usage: saccade " + command) == 0);
    for (const auto& line : outcome.lines()) {
      CAPTURE(line);
      CHECK(line.size() <= 100);
    }
  }
  CHECK(test::saccade({"caption", "-h"}).status == 0);
  CHECK(test::saccade({"help", "score"}).out == test::saccade({"score", "--help"}).out);
  check_wrong({"help", "describe"}, "'describe'");
  CHECK(test::saccade({"caption", "--help"}, {}, "/dev/full").status == 1);
  CHECK(test::saccade({"evaluate", "--images", "/nowhere"}, {}, "/dev/full").err ==
        "saccade: error: standard output cannot be written: No space left on device\n");
}

TEST_CASE("a missing or unknown command is a usage error") {
  check_wrong({}, "no command given");
  check_wrong({"describe"}, "'describe'");
  check_wrong({"--verbose"}, "'--verbose'");
}

TEST_CASE("a missing photo, model or required option is a usage error") {
  check_wrong({"caption", "--beam", "3"}, "no photo given");
  check_wrong({"info"}, "no model given");
  check_wrong({"train"}, "--");
  check_wrong({"evaluate", "--captions", "/nowhere"}, "--images");
  check_wrong({"train", "--images", "/nowhere", "--output", "/nowhere/m", "--start", "soft", "--dev-list", "/nowhere"},
              "--train-list and --dev-list require each other");
  check_wrong({"score", "--hypotheses", "/nowhere"}, "--references");
}

TEST_CASE("an unknown or misspelled option is a usage error") {
  check_wrong({"caption", "--nonsense", "photo.jpg"}, "--nonsense");
  check_wrong({"caption", "--overla", "x", "photo.jpg"}, "--overla");
  check_wrong(train({"--backbone-weight", "x"}), "--backbone-weight");
  check_wrong(evaluate({"surplus"}), "positional");
}

TEST_CASE("an option without its value, or twice, is a usage error") {
  check_wrong({"caption", "photo.jpg", "--beam"}, "--beam");
  check_wrong({"caption", "photo.jpg", "--beam", "2", "--beam", "3"}, "--beam");
  check_wrong({"caption", "photo.jpg", "--json=yes"}, "--json");
}

TEST_CASE("invalid values of caption are usage errors") {
  const std::vector<std::pair<const char*, const char*>> wrong{
      {"--beam", "0"},     {"--beam", "many"},   {"--beam", "2.5"},       {"--top", "6"},
      {"--smooth", "nan"}, {"--scale", "photo"}, {"--device", "toaster"}, {"--threads", "-1"}};
  for (const auto& [option, value] : wrong)
    check_wrong({"caption", "x.jpg", option, value}, std::string(option).substr(2));
  check_wrong({"caption", "x.jpg", "--overlay-each"}, "--overlay");
  check_wrong({"caption", "x.jpg", "--min-length", "9", "--max-length", "8"}, "--min-length must be at most");
}

TEST_CASE("empty values and negative seeds are usage errors") {
  for (const char* const option : {"--overlay", "--scan-path", "--model"}) {
    check_wrong({"caption", "x.jpg", option, ""}, std::string(option).substr(2));
  }
  check_wrong(evaluate({"--results", ""}), "results must not be empty");
  check_wrong({"caption", "x.jpg", "--seed", "-1"}, "--seed");
  check_wrong(train({"--start", "soft", "--seed", "-1"}), "--seed");
}

TEST_CASE("invalid values of evaluate are usage errors") {
  const std::vector<std::pair<const char*, const char*>> wrong{
      {"--beam", "0"}, {"--beam", "5,x"}, {"--beam", ","}, {"--length-penalty", "-1"}, {"--threads", "100000"}};
  for (const auto& [option, value] : wrong) check_wrong(evaluate({option, value}), std::string(option).substr(2));
}

TEST_CASE("invalid values of train are usage errors") {
  const std::vector<std::pair<const char*, const char*>> wrong{
      {"--stride", "8"},        {"--epochs", "-1"},        {"--epochs", "several"},        {"--dropout", "1"},
      {"--precision", "int8"},  {"--hidden", "0"},         {"--input-size", "33"},         {"--backbone", "vgg"},
      {"--alignment", "blind"}, {"--attention", "blind"},  {"--threads", "100000"},        {"--samples", "0"},
      {"--baseline", "sea"},    {"--reward", "none"},      {"--cell-selection", "softly"}, {"--expected-share", "2"},
      {"--temperature", "0"},   {"--entropy-weight", "-1"}};
  for (const auto& [option, value] : wrong) {
    check_wrong(train({"--backbone-weights", "/nowhere/weights", option, value}), std::string(option).substr(2));
  }
  // A new model or an old one, not both, not neither.
  check_wrong(train({}), "--backbone-weights");
  check_wrong(train({"--backbone-weights", "/nowhere/w", "--start", "/nowhere/m"}), "--start");
}

TEST_CASE("missing files are failures, not usage errors") {
  CHECK(check_refused(test::saccade(evaluate({"--model", "/nowhere/model", "--threads", "1"})), 1)
            .find("/nowhere/model") != std::string::npos);
  CHECK(check_refused(test::saccade(train({"--backbone-weights", "/nowhere/weights", "--threads", "1"})), 1)
            .find("/nowhere/") != std::string::npos);
  CHECK(check_refused(test::saccade({"caption", "--model", "/nowhere/model", "--threads", "1", "x.jpg"}), 1)
            .find("/nowhere/model") != std::string::npos);
}

TEST_CASE("-0 stands for --null-separated, except as the value of an option") {
  CHECK(test::caption({"/nowhere.png", "--smooth", "-0"}).status == 1);
  CHECK(test::caption({"-0", "-"}, "/nowhere.png").status == 1);
  check_wrong({"caption", "x.jpg", "--beam", "-0"}, "not '-0'");
}

TEST_CASE("a photo whose name looks like an option can be given after --") {
  const test::TemporaryFolder folder;
  const auto outcome = test::caption({"--", "--nonsense.png"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("--nonsense.png") != std::string::npos);
}
