#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

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
