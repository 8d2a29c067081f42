#include "models/occluded_caption.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "models/training/feature_cache.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using torch::Tensor;

TEST_CASE("the words of a caption are scored on photos with hidden cells") {
  const test::TemporaryFolder folder;
  const auto dataset = test::write_pictures(folder.path(), 1);
  for (const char* attention : {"soft", "hard"}) {
    CAPTURE(attention);
    models::Captioner model = test::tiny_captioner(test::words_of(dataset), 2);
    model.decoder->set_attention(attention);
    const Tensor pixels = models::load_pixels({folder / "0.png"}, model.preprocessing)[0];
    const std::vector<std::string> words{"red", "ball", "on"};
    std::vector<metrics::Visible> pictures(20, metrics::Visible(4, true));  // more than one encoder batch
    pictures[1] = {true, false, true, false};
    pictures[19] = {false, false, false, false};
    const auto read = models::occluded_reader(model, pixels, words)(pictures);
    REQUIRE(read.size() == 20);
    for (const std::size_t picture : {0U, 1U, 19U}) {
      CAPTURE(picture);
      Tensor grayed = pixels.clone();  // 32 x 32 pixels; the boundary between cells is at (1 + shift) * 16
      const int border = static_cast<int>(std::ceil((1 + model.encoder->grid().shift) * 16 - 0.5));
      const int edges[] = {0, border, 32};
      for (int cell = 0; cell < 4; ++cell) {
        if (pictures[picture][static_cast<std::size_t>(cell)]) continue;
        const int row = cell / 2, column = cell % 2;
        grayed.slice(0, edges[row], edges[row + 1]).slice(1, edges[column], edges[column + 1]).zero_();
      }
      const torch::NoGradGuard no_gradient;
      const auto encoded = model.decoder->precompute(model.encode(grayed.unsqueeze(0)));
      auto state = model.decoder->start(encoded);
      const auto numbers = model.vocabulary.encode(words);
      REQUIRE(read[picture].size() == 3);
      for (std::size_t t = 0; t < 3; ++t) {
        const auto step = model.decoder->step(encoded, state, torch::full({1, 1}, numbers[t], torch::kLong));
        const double expected = at::log_softmax(step.logits, -1)[0][0][numbers[t + 1]].item<double>();
        CHECK(std::abs(read[picture][t] - expected) < 1e-4);
        state = step.state;
      }
    }
    CHECK(std::abs(read[0][0] - read[19][0]) > 1e-3);
  }
}
