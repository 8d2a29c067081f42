#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/decoder/decoder.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using torch::Tensor;

TEST_CASE("extending the vocabulary does not change the logits of the existing words") {
  models::Captioner model = test::tiny_captioner({"a", "dog", "cat"}, 1);
  const auto before = model.decoder;
  const auto after = models::extended(*before, model.vocabulary.size() + 2);
  before->eval();
  after->eval();
  CHECK(after->shape().vocabulary == before->shape().vocabulary + 2);
  const torch::NoGradGuard no_gradient;
  const Tensor annotations = torch::randn({2, model.encoder->grid().cells(), model.encoder->annotation_width()});
  const auto logits = [&](models::Decoder& decoder) {
    const auto memory = decoder.precompute(annotations);
    return decoder.step(memory, decoder.start(memory), torch::full({2, 1}, Vocabulary::kStart, torch::kLong)).logits;
  };
  const Tensor old_logits = logits(*before), new_logits = logits(*after);
  CHECK(test::difference(old_logits, new_logits.narrow(-1, 0, before->shape().vocabulary)) < 1e-6);
  CHECK_THROWS_AS(models::extended(*after, before->shape().vocabulary), Error);
}
