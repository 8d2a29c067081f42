#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "core/base/atomic_file.hpp"
#include "models/checkpoint.hpp"
#include "tests/app/fixture.hpp"

// saccade caption with a model of hard attention.

using namespace saccade;
using nlohmann::json;
using test::check_refused;
using test::fixture;

namespace {

/// The fixture's model with hard attention, in a file.
const std::string& hard_model() {
  static const test::TemporaryFolder folder;
  static const std::string path = [] {
    models::Captioner model = models::load_checkpoint(fixture().model_file);
    model.decoder->set_attention("hard");
    models::save_checkpoint(folder / "hard.safetensors", model);
    return (folder / "hard.safetensors").string();
  }();
  return path;
}

test::Outcome caption(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"caption", "--model", hard_model(), "--threads", "1"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return test::saccade(words);
}

json first_object(const test::Outcome& outcome) {
  REQUIRE(outcome.status == 0);
  return json::parse(outcome.lines().at(0));
}

}  // namespace

TEST_CASE("the medoid is the default") {
  CHECK(caption({"--json", "--cell-selection", "medoid", fixture().photo(0)}).out ==
        caption({"--json", fixture().photo(0)}).out);
}

TEST_CASE("argmax reads the cell with the largest weight") {
  const auto outcome = caption({"--json", "--cell-selection", "argmax", fixture().photo(0)});
  const json object = first_object(outcome);
  REQUIRE(object.at("cells").size() == object.at("words").size());
  for (std::size_t t = 0; t < object.at("cells").size(); ++t) {
    const auto alpha = object.at("alpha")[t].get<std::vector<double>>();
    CHECK(object.at("cells")[t] == std::max_element(alpha.begin(), alpha.end()) - alpha.begin());
  }
}

TEST_CASE("expected reads no single cell and captions like soft attention") {
  const json expected = first_object(caption({"--json", "--cell-selection", "expected", fixture().photo(1)}));
  CHECK(expected.at("cells").empty());
  const json soft = first_object(test::caption({"--json", fixture().photo(1)}));
  CHECK(expected == soft);
}

TEST_CASE("samples depend on the seed but not on other photos") {
  const auto cells = [](const std::string& seed, const std::vector<std::string>& more) {
    std::vector<std::string> words{"--json", "--cell-selection", "sample", "--seed", seed};
    words.insert(words.end(), more.begin(), more.end());
    const auto outcome = caption(words);
    REQUIRE(outcome.status == 0);
    return json::parse(outcome.lines().back()).at("cells");
  };
  const auto alone = cells("7", {fixture().photo(2)});
  CHECK(cells("7", {fixture().photo(2)}) == alone);
  CHECK(cells("7", {fixture().photo(0), fixture().photo(1), fixture().photo(2)}) == alone);
  std::set<std::string> different;
  for (const char* seed : {"1", "2", "3", "4", "5", "6"}) different.insert(cells(seed, {fixture().photo(2)}).dump());
  CHECK(different.size() > 1);
}

TEST_CASE("--samples prints N captions with consecutive seeds") {
  const auto several =
      caption({"--json", "--cell-selection", "sample", "--seed", "5", "--samples", "3", fixture().photo(0)});
  REQUIRE(several.lines().size() == 3);
  for (int k = 0; k < 3; ++k) {
    const auto one = first_object(
        caption({"--json", "--cell-selection", "sample", "--seed", std::to_string(5 + k), fixture().photo(0)}));
    const auto line = json::parse(several.lines()[static_cast<std::size_t>(k)]);
    CHECK(line.at("cells") == one.at("cells"));
    CHECK(line.at("caption") == one.at("caption"));
    CHECK(line.at("rank") == k + 1);
  }
}

TEST_CASE("sampling decodes without a beam unless one is given") {
  const auto text = [](std::vector<std::string> more) {
    more.insert(more.end(), {"--cell-selection", "sample", "--samples", "6", "--json", fixture().photo(1)});
    return caption(more).out;
  };
  CHECK(text({}) == text({"--beam", "1"}));
  CHECK(text({}) != text({"--beam", "5"}));
}

TEST_CASE("--scan-path draws the selected cells, with samples side by side") {
  const test::TemporaryFolder folder;
  const std::string one = (folder / "one.png").string(), three = (folder / "three.png").string();
  REQUIRE(caption({"--scan-path", one, fixture().photo(0)}).status == 0);
  REQUIRE(caption({"--scan-path", three, "--cell-selection", "sample", "--samples", "3", fixture().photo(0)}).status ==
          0);
  const cv::Mat single = cv::imread(one), several = cv::imread(three);
  REQUIRE_FALSE(single.empty());
  REQUIRE_FALSE(several.empty());
  CHECK(several.size() != single.size());
  const std::string out = (folder / "out").string();
  REQUIRE(caption({"--scan-path", out, "--overlay", (folder / "sheets").string(), fixture().photos.string()}).status ==
          0);
  for (const char* name : {"0.png", "1.png", "2.png"}) {
    CHECK(std::filesystem::exists(folder / "out" / name));
    CHECK(std::filesystem::exists(folder / "sheets" / name));
  }
}

TEST_CASE("the contact sheet frames the selected cell") {
  const test::TemporaryFolder folder;
  const auto sheet = [&](const char* cell) {
    const auto path = folder / "sheet.png";
    REQUIRE(caption({"--cell-selection", cell, "--overlay", path.string(), fixture().photo(0)}).status == 0);
    return read_file(path);
  };
  CHECK(sheet("argmax") != sheet("expected"));
}

TEST_CASE("options that the attention does not support are usage errors") {
  const auto photo = fixture().photo(0);
  CHECK(check_refused(caption({"--cell-selection", "squint", photo}), 2).find("medoid, argmax, sample, expected") !=
        std::string::npos);
  CHECK(check_refused(caption({"--samples", "2", photo}), 2).find("--cell-selection sample") != std::string::npos);
  CHECK(check_refused(caption({"--samples", "0", "--cell-selection", "sample", photo}), 2).find("--samples") !=
        std::string::npos);
  CHECK(
      check_refused(caption({"--samples", "2", "--top", "2", "--cell-selection", "sample", photo}), 2).find("--top") !=
      std::string::npos);
  CHECK(
      check_refused(caption({"--scan-path", "x.png", "--cell-selection", "expected", photo}), 2).find("--scan-path") !=
      std::string::npos);
  for (const std::vector<std::string>& option :
       {std::vector<std::string>{"--cell-selection", "sample"}, {"--seed", "2"}, {"--scan-path", "x.png"}}) {
    const auto outcome = test::caption({option[0], option[1], photo});
    CHECK(check_refused(outcome, 2).find(option[0] + " requires a model with hard attention") != std::string::npos);
  }
}
