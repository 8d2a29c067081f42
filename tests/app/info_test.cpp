#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/checkpoint.hpp"
#include "tests/app/fixture.hpp"

// saccade info.

using namespace saccade;
using nlohmann::json;
using test::check_refused;
using test::fixture;

TEST_CASE("info describes a model in labeled lines") {
  const auto outcome = test::saccade({"info", fixture().model_file.string()});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  const auto lines = outcome.lines();
  REQUIRE(lines.size() > 8);
  CHECK(lines[0] == fixture().model_file.string());
  for (const char* label : {"model", "size", "parameters", "photos", "words", "encoder", "decoder", "attention"}) {
    CAPTURE(label);
    CHECK(outcome.out.find("\n  " + std::string(label) + " ") != std::string::npos);
  }
  CHECK(outcome.out.find("soft attention, global, additive scores; lstm decoder") != std::string::npos);
  CHECK(outcome.out.find("\n  words       8, and 4 marks\n") != std::string::npos);
}

TEST_CASE("info --json prints one object per line") {
  const std::string file = fixture().model_file.string();
  const auto outcome = test::saccade({"info", "--json", file, file});
  REQUIRE(outcome.lines().size() == 2);
  const json object = json::parse(outcome.lines()[0]);
  const models::Captioner& model = fixture().model;
  CHECK(object == json::parse(outcome.lines()[1]));
  CHECK(object.at("path") == file);
  CHECK(object.at("bytes") == std::filesystem::file_size(file));
  CHECK(object.at("words") == 8);
  std::int64_t parameters = 0;
  for (const auto& parameter : model.decoder->parameters()) parameters += parameter.numel();
  CHECK(object.at("parameters").at("decoder") == parameters);
  CHECK(object.at("grid").at("rows") == model.encoder->grid().rows);
  CHECK(object.at("annotation_width") == model.encoder->annotation_width());
  CHECK(object.at("encoder").at("backbone") == model.encoder->shape().backbone);
  CHECK(object.at("attention").at("attention") == "soft");
  CHECK(object.at("notes") == model.notes);
}

TEST_CASE("info describes the bundled models with scores and license") {
  const auto outcome = test::saccade({"info", "soft", "hard"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("the encoder is in saccade-soft.safetensors") != std::string::npos);
  CHECK(outcome.out.find("\n  licence     Apache-2.0") != std::string::npos);
  CHECK(outcome.out.find("\n  scores      BLEU ") != std::string::npos);
  for (const auto& line : outcome.lines()) CHECK((line.size() <= 100 || line.find(' ') != 0));
}

TEST_CASE("notes of a model cannot control the terminal") {
  const test::TemporaryFolder folder;
  models::Captioner model = fixture().model;
  model.notes = {{"licence", "\x1b[2Jnone\nsecond line"}, {"training_summary", "not JSON"}};
  models::save_checkpoint(folder / "model", model);
  const auto outcome = test::saccade({"info", (folder / "model").string()});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find('\x1b') == std::string::npos);
  CHECK(outcome.out.find("\n  licence     \\x1b[2Jnone\n              second line\n") != std::string::npos);
  CHECK(outcome.out.find("not JSON") != std::string::npos);
  CHECK(json::parse(test::saccade({"info", "--json", (folder / "model").string()}).out).at("notes") == model.notes);
}

TEST_CASE("a missing or invalid model is one error") {
  CHECK(check_refused(test::saccade({"info", "/nowhere/model"}), 1).find("/nowhere/model") != std::string::npos);
  CHECK(check_refused(test::saccade({"info", fixture().photo(0)}), 1).find("0.png") != std::string::npos);
  const auto both = test::saccade({"info", "/nowhere/model", fixture().model_file.string()});
  CHECK(both.status == 1);
  CHECK(both.err.find("/nowhere/model") != std::string::npos);
  CHECK(both.out == test::saccade({"info", fixture().model_file.string()}).out);
}
