#include "models/training/saved_weights.hpp"

#include <doctest/doctest.h>

#include "models/checkpoint.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using test::same_parameters;

TEST_CASE("SavedWeights rounds a model's weights as its file does and restores them afterwards") {
  const auto model = test::tiny_captioner({"dog", "runs"}, 1), same = test::tiny_captioner({"dog", "runs"}, 1);
  const test::TemporaryFolder folder;
  models::save_checkpoint(folder / "model.safetensors", model);
  const auto saved = models::load_checkpoint(folder / "model.safetensors");
  CHECK_FALSE(same_parameters(*model.decoder, *saved.decoder));
  {
    const models::SavedWeights as_saved(model);
    CHECK(same_parameters(*model.encoder, *saved.encoder));
    CHECK(same_parameters(*model.decoder, *saved.decoder));
  }
  CHECK(same_parameters(*model.encoder, *same.encoder));
  CHECK(same_parameters(*model.decoder, *same.decoder));
}
