#include "core/metrics/meteor.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/metrics/evaluation.hpp"
#include "core/text/wordnet.hpp"
#include "tests/core/metrics/golden.hpp"
#include "tests/core/metrics/small_wordnet.hpp"

using namespace saccade;
using namespace saccade::metrics;
using saccade::test::make_item;

namespace {

/// An aligner that uses a small WordNet in a temporary folder.
struct SmallMeteor {
  SmallMeteor() { test::write_small_wordnet(folder.path()); }

  MeteorAlignment align(const std::string& hypothesis, const std::string& reference) {
    if (!aligner) aligner = std::make_unique<MeteorAligner>(folder.path());
    return aligner->align(split_tokens(hypothesis), split_tokens(reference));
  }

  double score(const std::string& hypothesis, const std::vector<std::string>& references) {
    EvaluationOptions options;
    options.metrics = {"meteor_ess"};
    options.metric.wordnet = folder.path();
    return score_all({make_item("1", hypothesis, references)}, options).corpus[0];
  }

  test::TemporaryFolder folder;
  std::unique_ptr<MeteorAligner> aligner;
};

}  // namespace

TEST_CASE("METEOR matches equal words, then equal stems, then synonyms") {
  SmallMeteor meteor;
  const MeteorAlignment alignment = meteor.align("a hound jumps over", "a dog jumping over");
  REQUIRE(alignment.matches.size() == 4);
  CHECK(alignment.matches[0].stage == MeteorStage::kExact);
  CHECK(alignment.matches[1].stage == MeteorStage::kSynonym);
  CHECK(alignment.matches[2].stage == MeteorStage::kStem);
  CHECK(alignment.matches[3].stage == MeteorStage::kExact);
  CHECK(alignment.chunks == 1);
  CHECK(meteor.align("children", "kid").matches.size() == 1);
  CHECK(meteor.align("zebra", "gnu").matches.empty());
  CHECK(meteor.align("", "gnu").matches.empty());
}

TEST_CASE("METEOR prefers fewer chunks, then closer matches") {
  SmallMeteor meteor;
  const MeteorAlignment chunks = meteor.align("the cat", "the gnu the cat");
  REQUIRE(chunks.matches.size() == 2);
  CHECK(chunks.matches[0].reference == 2);
  CHECK(chunks.chunks == 1);
  const MeteorAlignment nearer = meteor.align("x y the", "the z z the");
  REQUIRE(nearer.matches.size() == 1);
  CHECK(nearer.matches[0].reference == 3);
}

TEST_CASE("METEOR scores match the formula") {
  SmallMeteor meteor;
  CHECK(meteor.score("dog runs", {"dog runs"}) == doctest::Approx(1));
  CHECK(meteor.score("", {"dog runs"}) == 0);
  CHECK(meteor.score("zebra", {"dog runs"}) == 0);
  // One of two content words matches on both sides, in one chunk: P = R = 0.5, penalty 0.6 * 1^0.2.
  CHECK(meteor.score("dog zebra", {"dog gnu"}) == doctest::Approx(0.5 * (1 - 0.6)));
  // The weight of a function word is a third of that of a content word: P = R = 0.25.
  CHECK(meteor.score("the zebra", {"the gnu"}) == doctest::Approx(0.25 * (1 - 0.6)));
  // Only a synonym: P = R = 0.8, and all words match in one chunk.
  CHECK(meteor.score("hound", {"dog"}) == doctest::Approx(0.8));
  // The better of two references counts.
  CHECK(meteor.score("hound", {"gnu", "dog"}) == doctest::Approx(0.8));
}

TEST_CASE("METEOR reports a folder without WordNet files") {
  EvaluationOptions options;
  options.metrics = {"meteor_ess"};
  options.metric.wordnet = "/nowhere";
  CHECK_THROWS_WITH_AS(score_all({make_item("1", "a", {"a"})}, options),
                       "/nowhere/index.noun: cannot open the file: No such file or directory", Error);
}

TEST_CASE("METEOR matches version 1.5 restricted to exact, stem and synonym matches") {
  const char* named = std::getenv("SACCADE_WORDNET");
  const std::filesystem::path folder = named != nullptr ? named : WordNet::kDefaultFolder;
  if (!std::filesystem::exists(folder / "index.noun")) {
    MESSAGE("skipped: there is no WordNet in " << folder.string() << ", and SACCADE_WORDNET does not name its folder");
    return;
  }
  const auto json = nlohmann::json::parse(read_file(SACCADE_TEST_DATA "/metrics/meteor-ess.json"));
  EvaluationOptions options;
  options.metrics = {"meteor_ess"};
  options.metric.wordnet = folder;
  for (const auto& [name, golden] : json.items()) {
    CAPTURE(name);
    const Scores scores = score_all(test::load_golden(name).items, options);
    CHECK(std::abs(scores.corpus[0] - golden.at("corpus").get<double>()) < 0.0002);
    const auto images = golden.at("images").get<std::vector<double>>();
    REQUIRE(images.size() == scores.images.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (std::abs(images[i] - scores.images[i]) > 1e-9) ++different;
    }
    CHECK(different <= 3);
  }
}
