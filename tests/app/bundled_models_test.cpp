#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "models/checkpoint.hpp"
#include "tests/app/program.hpp"
#include "tests/models/tiny_model.hpp"

// The models that come with the program.

using namespace saccade;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const fs::path kAssets = SACCADE_ASSETS;

std::vector<json> captions_of(const std::string& model) {
  const auto outcome =
      test::saccade({"caption", "--model", model, "--json", "--threads", "1", (kAssets / "photos").string()});
  REQUIRE(outcome.status == 0);
  std::vector<json> captions;
  for (const auto& line : outcome.lines()) captions.push_back(json::parse(line));
  return captions;
}

}  // namespace

TEST_CASE("the bundled models have names, share an encoder and need at most 40 MB") {
  const auto soft = models::load_checkpoint(kAssets / "models/saccade-soft.safetensors");
  const auto hard = models::load_checkpoint(kAssets / "models/saccade-hard.safetensors");
  CHECK(soft.decoder->options().attention.attention == "soft");
  CHECK(hard.decoder->options().attention.attention == "hard");
  CHECK(test::same_parameters(*soft.encoder, *hard.encoder));
  CHECK(fs::file_size(kAssets / "models/saccade-soft.safetensors") +
            fs::file_size(kAssets / "models/saccade-hard.safetensors") <=
        40'000'000);
  for (const auto* model : {&soft, &hard}) {
    for (const char* note : {"licence", "data", "provenance", "training_summary"}) CHECK(model->notes.count(note) == 1);
  }
}

// After a change of the bundled models or photos, write the file again, read it, and commit it with them:
//
//     SACCADE_WRITE_GOLDENS=1 build/default/tests/app/saccade_app_tests --test-case='*bundled-captions.json*'
TEST_CASE("the bundled models give the captions in bundled-captions.json") {
  const fs::path file = fs::path(SACCADE_TEST_DATA) / "bundled-captions.json";
  json found;
  for (const std::string name : {"soft", "hard"}) {
    for (const json& caption : captions_of(name)) {
      const double log_p = std::round(1000 * caption.at("log_probability").get<double>()) / 1000;
      found[name][fs::path(caption.at("path").get<std::string>()).filename().string()] = {
          {"caption", caption.at("caption")}, {"log_probability", log_p}};
    }
  }
  if (std::getenv("SACCADE_WRITE_GOLDENS") != nullptr) write_file(file, found.dump(2) + "\n");
  const json expected = json::parse(read_file(file));
  for (const auto& [name, photos] : expected.items()) {
    CAPTURE(name);
    REQUIRE(found.at(name).size() == photos.size());
    for (const auto& [photo, caption] : photos.items()) {
      CAPTURE(photo);
      CHECK(found.at(name).at(photo).at("caption") == caption.at("caption"));
      // Processors, and versions of libjpeg, differ in the last digits.
      CHECK(std::abs(found.at(name).at(photo).at("log_probability").get<double>() -
                     caption.at("log_probability").get<double>()) < 0.05);
    }
  }
}

TEST_CASE("the bundled models caption every bundled photo differently") {
  for (const std::string name : {"soft", "hard"}) {
    CAPTURE(name);
    std::set<std::string> different;
    std::size_t moved = 0;
    const std::vector<json> captions = captions_of(name);
    CHECK(captions.size() >= 4);
    for (const json& caption : captions) {
      different.insert(caption.at("caption"));
      CHECK(caption.at("words").size() >= 5);
      const auto& cells = caption.at("cells");
      CHECK(cells.size() == (name == "hard" ? caption.at("words").size() : 0));
      for (std::size_t t = 1; t < cells.size(); ++t) moved += cells[t] != cells[t - 1] ? 1 : 0;
    }
    CHECK(different.size() == captions.size());
    if (name == "hard") CHECK(moved >= 2 * captions.size());  // from word to word
  }
}
