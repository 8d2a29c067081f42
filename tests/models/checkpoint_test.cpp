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

TEST_CASE("a model that was saved and loaded says the same, to half precision") {
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

TEST_CASE("vocabulary, architecture, preprocessing and notes come back as they were") {
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

TEST_CASE("a model that was saved over itself while loaded goes on from memory it owns or a file that stays") {
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
  Captioner lender = model(1);
  save_checkpoint(folder / "lender.safetensors", lender);
  Captioner borrower = load_checkpoint(folder / "lender.safetensors");
  borrower.decoder = model(2).decoder;
  borrower.encoder_file = "lender.safetensors";
  save_checkpoint(folder / "borrower.safetensors", borrower);
  for (const auto& name : models::SafetensorsFile(folder / "borrower.safetensors").names()) {
    CHECK(name.find("decoder.") == 0);
  }
  Captioner after = load_checkpoint(folder / "borrower.safetensors");
  CHECK(after.encoder_file == "lender.safetensors");
  CHECK(after.notes.count("encoder_fingerprint") == 0);
  CHECK(test::same_parameters(*after.encoder, *borrower.encoder));
  save_checkpoint(folder / "again.safetensors", after);
  CHECK(read_file(folder / "again.safetensors") == read_file(folder / "borrower.safetensors"));

  SUBCASE("the other file holds another encoder") {
    save_checkpoint(folder / "lender.safetensors", model(3));
    CHECK_THROWS_WITH_AS(load_checkpoint(folder / "borrower.safetensors"),
                         doctest::Contains("holds another encoder than the one"), Error);
  }
  SUBCASE("the other file is gone, or damaged") {
    write_file(folder / "lender.safetensors", "x");
    CHECK_THROWS_WITH_AS(load_checkpoint(folder / "borrower.safetensors"),
                         doctest::Contains("borrower.safetensors: shares the encoder of 'lender.safetensors'"), Error);
    std::filesystem::remove(folder / "lender.safetensors");
    CHECK_THROWS_AS(load_checkpoint(folder / "borrower.safetensors"), Error);
  }
  SUBCASE("the name leads elsewhere") {
    for (const char* name : {"../lender.safetensors", "/etc/passwd", "", "..", "folder/"}) {
      auto metadata = test::forged(models::SafetensorsFile(folder / "borrower.safetensors"));
      metadata["encoder_file"] = name;
      models::write_safetensors(folder / "astray.safetensors",
                                models::SafetensorsFile(folder / "borrower.safetensors").all(), metadata);
      CHECK_THROWS_WITH_AS(load_checkpoint(folder / "astray.safetensors"), doctest::Contains("plain name of a file"),
                           Error);
    }
  }
}
