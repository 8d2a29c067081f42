#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/app/fixture.hpp"

// saccade caption --json: an object a line.

using namespace saccade;
using nlohmann::json;
using test::caption;
using test::fixture;

TEST_CASE("--json prints words, probabilities, gates, attention and the grid") {
  const auto outcome = caption({"--json", "--precision", "float32", fixture().photo(0)});
  CHECK(outcome.status == 0);
  REQUIRE(outcome.lines().size() == 1);
  const json object = json::parse(outcome.lines()[0]);
  const Caption expected = fixture().caption_of(fixture().photo(0));
  CHECK(object.at("path") == fixture().photo(0));
  CHECK(object.at("rank") == 1);
  CHECK(object.at("caption") == expected.text());
  CHECK(object.at("words") == expected.words);
  const std::size_t words = expected.words.size();
  REQUIRE(words > 0);
  CHECK(object.at("log_probability").get<double>() == doctest::Approx(expected.log_probability).epsilon(1e-4));
  REQUIRE(object.at("log_probabilities").size() == words);
  REQUIRE(object.at("beta").size() == words);
  REQUIRE(object.at("alpha").size() == words);
  CHECK(object.at("grid") == json{{"rows", 2}, {"columns", 2}, {"shift", 15.5 / 16 - 0.5}});
  for (std::size_t t = 0; t < words; ++t) {
    CHECK(object.at("log_probabilities")[t].get<double>() ==
          doctest::Approx(expected.log_probabilities[t]).epsilon(1e-4));
    CHECK(object.at("beta")[t].get<double>() == doctest::Approx(expected.beta[t]).epsilon(1e-4));
    const auto alpha = object.at("alpha")[t].get<std::vector<double>>();
    REQUIRE(alpha.size() == 4);
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(alpha[i] == doctest::Approx(expected.alpha_of(t)[i]).epsilon(1e-4));
      sum += alpha[i];
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("--json with --top prints one ranked caption per line") {
  const auto outcome = caption({"--json", "--top", "3", fixture().photo(0), fixture().photo(1)});
  CHECK(outcome.status == 0);
  REQUIRE(outcome.lines().size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    const json object = json::parse(outcome.lines()[i]);
    CHECK(object.at("rank") == static_cast<int>(i % 3) + 1);
    CHECK(object.at("path") == fixture().photo(i < 3 ? 0 : 1));
  }
}

TEST_CASE("--json is valid JSON for any bytes in a path") {
  const test::TemporaryFolder folder;
  const auto photo = folder / "caf\xE9 \"quoted\"\n.png";
  std::filesystem::copy_file(fixture().photo(0), photo);
  const auto outcome = caption({"--json", photo.string()});
  CHECK(outcome.status == 0);
  REQUIRE(outcome.lines().size() == 1);
  CHECK(json::parse(outcome.lines()[0]).at("words").size() > 0);
}
