#include "models/checkpoint.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/models/forged.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::Captioner;
using models::load_checkpoint;
using models::save_checkpoint;
using test::difference;
using torch::Tensor;

namespace {

const std::vector<std::string> kWords{"a", "dog", "caf\xC3\xA9", "runs", "grass", "the", "on", "two"};

Captioner model(std::uint64_t seed) {
  Captioner result = test::tiny_captioner(kWords, seed);
  result.preprocessing.mean = {1.5F, 127, 90};
  result.preprocessing.scale = {0.25F, 1 / 128.0F, 0.01F};
  result.notes = {{"licence", "CC0"}, {"provenance", "made by a test,\nin two lines: \xE2\x9C\x93"}};
  return result;
}

}  // namespace

TEST_CASE("a saved and loaded model gives the same results up to half precision") {
  const test::TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    CAPTURE(seed);
    Captioner before = model(seed);
    save_checkpoint(folder / "model.safetensors", before);
    Captioner after = load_checkpoint(folder / "model.safetensors");
    torch::manual_seed(seed);
    const Tensor pixels = torch::randn({4, 32, 32, 3});
    const Tensor seen = before.encode(pixels);
    CHECK(difference(after.encode(pixels), seen) < 0.02 * seen.abs().max().item<double>());
    const auto expected = before.caption(seen, {});
    const auto captions = after.caption(seen, {});
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(captions[i][0].words == expected[i][0].words);
      CHECK(std::abs(captions[i][0].log_probability - expected[i][0].log_probability) < 0.1);
      REQUIRE(captions[i][0].alpha.size() == expected[i][0].alpha.size());
      for (std::size_t k = 0; k < expected[i][0].alpha.size(); ++k) {
        CHECK(std::abs(captions[i][0].alpha[k] - expected[i][0].alpha[k]) < 0.01);
      }
    }
  }
}

TEST_CASE("a model stores its length penalty and its specificity") {
  const test::TemporaryFolder folder;
  Captioner before = model(4);
  CHECK(before.length_penalty == models::kDefaultLengthPenalty);
  CHECK(before.specificity == 0);
  before.length_penalty = 0.25;
  before.specificity = 0.125;
  save_checkpoint(folder / "model.safetensors", before);
  const Captioner after = load_checkpoint(folder / "model.safetensors");
  CHECK(after.length_penalty == 0.25);
  CHECK(after.specificity == 0.125);
}

TEST_CASE("vocabulary, architecture, preprocessing and notes are loaded unchanged") {
  const test::TemporaryFolder folder;
  const Captioner before = model(5);
  save_checkpoint(folder / "model.safetensors", before);
  const Captioner after = load_checkpoint(folder / "model.safetensors");
  CHECK(after.vocabulary.words() == kWords);
  CHECK(after.encoder->shape().backbone == "efficientnet-lite0");
  CHECK((after.encoder->shape().map == models::FeatureMap::kStride16));
  CHECK(after.encoder->shape().input_size == 32);
  auto options = after.decoder->options(), expected = before.decoder->options();
  CHECK(signature_of(chosen_fields_of(options)) == signature_of(chosen_fields_of(expected)));
  CHECK(options.embedding == 8);
  CHECK(after.decoder->query_width() == 16);
  CHECK(options.attention.alignment_width == 5);
  CHECK(after.decoder->shape().grid.cells() == 4);
  CHECK(after.preprocessing.input_size == 32);
  CHECK(after.preprocessing.mean == before.preprocessing.mean);
  CHECK(after.preprocessing.scale == before.preprocessing.scale);
  CHECK(after.notes == before.notes);
}

TEST_CASE("saving a loaded model gives the same file, byte for byte") {
  const test::TemporaryFolder folder;
  save_checkpoint(folder / "first", model(6));
  save_checkpoint(folder / "second", load_checkpoint(folder / "first"));
  CHECK(read_file(folder / "first") == read_file(folder / "second"));
}

TEST_CASE("the file is a safetensors file of half-precision weights") {
  const test::TemporaryFolder folder;
  const Captioner before = model(7);
  save_checkpoint(folder / "model.safetensors", before);
  const models::SafetensorsFile file(folder / "model.safetensors");
  CHECK(file.metadata().at("format") == "saccade 2");
  CHECK(nlohmann::json::parse(file.metadata().at("vocabulary")) == nlohmann::json(kWords));
  CHECK(nlohmann::json::parse(file.metadata().at("architecture")).at("decoder").at("hidden") == 16);
  CHECK(file.names().size() == before.encoder->parameters().size() + before.decoder->parameters().size());
  for (const auto& name : file.names()) CHECK((file.tensor(name).scalar_type() == torch::kHalf));
}

TEST_CASE("a weight beyond half precision is stored in full precision") {
  const test::TemporaryFolder folder;
  const Captioner before = model(8);
  test::set_output_bias(*before.decoder, 5, 1e6F);
  save_checkpoint(folder / "model.safetensors", before);
  const Captioner after = load_checkpoint(folder / "model.safetensors");
  CHECK(difference(test::parameter(*after.decoder, "output_bias"), test::parameter(*before.decoder, "output_bias")) ==
        0);
}

TEST_CASE("notes cannot replace required metadata") {
  const test::TemporaryFolder folder;
  Captioner before = model(9);
  before.notes["format"] = "something else";
  before.notes["vocabulary"] = "[]";
  save_checkpoint(folder / "model.safetensors", before);
  CHECK(load_checkpoint(folder / "model.safetensors").vocabulary.words() == kWords);
}

TEST_CASE("an unwritable model file is reported") {
  CHECK_THROWS_WITH_AS(save_checkpoint("/nowhere/model.safetensors", model(10)),
                       doctest::Contains("/nowhere/model.safetensors"), Error);
}

TEST_CASE("a loaded model remains valid when its file is overwritten") {
  const test::TemporaryFolder folder;
  save_checkpoint(folder / "model.safetensors", model(11));
  Captioner loaded = load_checkpoint(folder / "model.safetensors");
  const Tensor pixels = torch::randn({1, 32, 32, 3});
  const Tensor before = loaded.encode(pixels);
  save_checkpoint(folder / "model.safetensors", model(12));
  CHECK(difference(loaded.encode(pixels), before) == 0);
}

TEST_CASE("a model can share the encoder file of another") {
  const test::TemporaryFolder folder;
  Captioner owner = model(1);
  save_checkpoint(folder / "owner.safetensors", owner);
  Captioner sharing = load_checkpoint(folder / "owner.safetensors");
  sharing.decoder = model(2).decoder;
  sharing.encoder_file = "owner.safetensors";
  save_checkpoint(folder / "sharing.safetensors", sharing);
  for (const auto& name : models::SafetensorsFile(folder / "sharing.safetensors").names()) {
    CHECK(name.find("decoder.") == 0);
  }
  Captioner after = load_checkpoint(folder / "sharing.safetensors");
  CHECK(after.encoder_file == "owner.safetensors");
  CHECK(after.notes.count("encoder_fingerprint") == 0);
  CHECK(test::same_parameters(*after.encoder, *sharing.encoder));
  save_checkpoint(folder / "again.safetensors", after);
  CHECK(read_file(folder / "again.safetensors") == read_file(folder / "sharing.safetensors"));

  SUBCASE("the other file contains another encoder") {
    save_checkpoint(folder / "owner.safetensors", model(3));
    CHECK_THROWS_WITH_AS(load_checkpoint(folder / "sharing.safetensors"),
                         doctest::Contains("holds another encoder than the one"), Error);
  }
  SUBCASE("the other file is missing or damaged") {
    write_file(folder / "owner.safetensors", "x");
    CHECK_THROWS_WITH_AS(load_checkpoint(folder / "sharing.safetensors"),
                         doctest::Contains("sharing.safetensors: shares the encoder of 'owner.safetensors'"), Error);
    std::filesystem::remove(folder / "owner.safetensors");
    CHECK_THROWS_AS(load_checkpoint(folder / "sharing.safetensors"), Error);
  }
  SUBCASE("the entry is not a plain file name") {
    for (const char* name : {"../owner.safetensors", "/etc/passwd", "", "..", "folder/"}) {
      auto metadata = test::forged(models::SafetensorsFile(folder / "sharing.safetensors"));
      metadata["encoder_file"] = name;
      models::write_safetensors(folder / "invalid.safetensors",
                                models::SafetensorsFile(folder / "sharing.safetensors").all(), metadata);
      CHECK_THROWS_WITH_AS(load_checkpoint(folder / "invalid.safetensors"), doctest::Contains("plain name of a file"),
                           Error);
    }
  }
}
