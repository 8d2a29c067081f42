#include "models/decoder/decoder.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::Decoder;
using models::Precision;
using test::difference;
using test::parameter;
using torch::Tensor;

namespace {

/// Two images with captions of 0, 1, 2 and 4 words.
struct Example {
  std::vector<std::vector<std::int64_t>> captions{{1, 4, 5, 2}, {1, 2}, {1, 6, 7, 8, 9, 2}, {1, 3, 2}};
  std::vector<std::int64_t> images{0, 1, 1, 0};
  models::CaptionBatch batch = models::pack(captions, images);
  Tensor annotations;

  explicit Example(std::uint64_t seed, std::int64_t cells = 4) {
    torch::manual_seed(seed);
    annotations = torch::randn({2, cells, 6});
  }
};

/// Calls `test` with a decoder of every mechanism.
template <typename Test>
void with_every_decoder(std::uint64_t seed, const Test& test) {
  for (const char* attention : {"soft", "hard"}) {
    for (const auto& options : test::every_mechanism(attention)) {
      CAPTURE(test::text_of(options));
      test(*test::tiny_decoder(seed, test::plan_with(options)));
    }
  }
}

Tensor word(std::int64_t number) {
  return torch::full({1, 1}, number, torch::kLong);
}

/// The equations of Show, Attend and Tell for one image and one word, with the names of the parameters.
struct ByHand {
  const Decoder& decoder;
  Tensor a;  ///< [L, D]
  Tensor h, c, alpha, beta, logits;

  Tensor of(const std::string& name) const { return parameter(decoder, name); }

  void start() {
    const Tensor mean = a.mean(0);
    h = (of("init_h").mv(mean) + of("init_h_bias")).tanh();
    c = (of("init_c").mv(mean) + of("init_c_bias")).tanh();
  }

  void step(std::int64_t previous) {
    const Tensor y = of("embedding")[previous];
    std::vector<Tensor> e;
    for (std::int64_t i = 0; i < a.size(0); ++i) {
      const Tensor inner =
          of("attention.weighting.score.from_annotation").mv(a[i]) + of("attention.weighting.score.from_hidden").mv(h);
      e.push_back(of("attention.weighting.score.v").dot((inner + of("attention.weighting.score.bias")).tanh()));
    }
    alpha = at::stack(e).softmax(0);
    beta = (of("beta").mv(h) + of("beta_bias")).sigmoid();
    const Tensor z = beta * a.t().mv(alpha);
    const Tensor gates = of("lstm_word").mv(y) + of("lstm_state").mv(at::cat({h, z})) + of("lstm_bias");
    const auto part = gates.chunk(4);  // input, forget, output, candidate
    c = part[1].sigmoid() * c + part[0].sigmoid() * part[3].tanh();
    h = part[2].sigmoid() * c.tanh();
    logits = of("output").mv((y + of("output_h").mv(h) + of("output_z").mv(z)).tanh()) + of("output_bias");
  }
};

}  // namespace

TEST_CASE("the decoder computes the equations of Show, Attend and Tell") {
  const auto decoder = test::tiny_decoder(1);
  const Example example(1);
  const torch::NoGradGuard no_gradient;
  ByHand by_hand{*decoder, example.annotations[0], {}, {}, {}, {}, {}};
  by_hand.start();
  const auto encoded = decoder->precompute(example.annotations.narrow(0, 0, 1));
  models::State state = decoder->start(encoded);
  CHECK(difference(state.rows[0][0][0], by_hand.h) < 1e-6);
  CHECK(difference(state.rows[1][0][0], by_hand.c) < 1e-6);
  for (const std::int64_t previous : {1, 7, 4, 11}) {
    CAPTURE(previous);
    by_hand.step(previous);
    const auto step = decoder->step(encoded, state, word(previous));
    state = step.state;
    CHECK(difference(step.log_alpha.exp()[0][0][0], by_hand.alpha) < 1e-5);
    CHECK(difference(step.beta[0][0], by_hand.beta[0]) < 1e-5);
    CHECK(difference(state.rows[0][0][0], by_hand.h) < 1e-5);
    CHECK(difference(state.rows[1][0][0], by_hand.c) < 1e-5);
    CHECK(difference(step.logits[0][0], by_hand.logits) < 1e-4);
  }
}

TEST_CASE("unrolling equals step-by-step generation with the true words for every decoder") {
  const Example example(2, 9);
  const torch::NoGradGuard no_gradient;
  with_every_decoder(2, [&](Decoder& decoder) {
    const auto unrolled = decoder.unroll(example.annotations, example.batch, {});
    REQUIRE(unrolled.logits.sizes() == torch::IntArrayRef({11, 12}));
    REQUIRE(unrolled.log_alpha.defined() == (decoder.maps().maps() > 0));
    REQUIRE(unrolled.cell.defined() == decoder.stochastic());

    std::int64_t position = 0;
    std::vector<models::State> states(example.captions.size());
    for (std::size_t t = 0; t < example.batch.active.size(); ++t) {
      for (std::int64_t row = 0; row < example.batch.active[t]; ++row, ++position) {
        CAPTURE(t);
        CAPTURE(row);
        const auto caption = static_cast<std::size_t>(example.batch.order[row].item<std::int64_t>());
        const auto encoded = decoder.precompute(example.annotations.narrow(0, example.images[caption], 1));
        auto& state = states[caption];
        if (t == 0) state = decoder.start(encoded);
        const auto step = decoder.step(encoded, state, word(example.captions[caption][t]));
        state = step.state;
        CHECK(difference(unrolled.logits[position], step.logits[0][0]) < 1e-4);
        if (unrolled.log_alpha.defined()) {
          CHECK(difference(unrolled.log_alpha[position].exp(), step.log_alpha[0][0].exp()) < 1e-5);
        }
        if (unrolled.cell.defined()) CHECK(unrolled.cell[position].equal(step.cell[0][0]));
      }
    }
    CHECK(position == 11);
  });
}

TEST_CASE("selected states continue like independent captions in every decoder") {
  const Example example(12, 9);
  const torch::NoGradGuard no_gradient;
  with_every_decoder(12, [&](Decoder& decoder) {
    const auto encoded = decoder.precompute(example.annotations);
    const auto words = [](const std::vector<std::int64_t>& numbers) {
      return torch::tensor(numbers, torch::kLong).view({2, -1});
    };
    // Expands one caption per image to three before the first word, and reorders them later. Indices follow the image
    // order.
    models::State state = decoder.start(encoded).select(torch::tensor({0, 0, 0, 1, 1, 1}, torch::kLong), 2);
    state = decoder.step(encoded, state, words({4, 5, 6, 7, 8, 9})).state;
    state = state.select(torch::tensor({2, 0, 2, 4, 5, 3}, torch::kLong), 2);
    state = decoder.step(encoded, state, words({3, 10, 11, 4, 5, 6})).state;
    state = state.select(torch::tensor({1, 2, 5, 3}, torch::kLong), 2);
    const auto together = decoder.step(encoded, state, words({7, 8, 9, 10}));
    const std::vector<std::vector<std::int64_t>> read{{4, 10, 7}, {6, 11, 8}, {7, 6, 9}, {8, 4, 10}};
    for (std::size_t i = 0; i < read.size(); ++i) {
      CAPTURE(i);
      const auto n = static_cast<std::int64_t>(i / 2), k = static_cast<std::int64_t>(i % 2);
      const auto of_one = decoder.precompute(example.annotations.narrow(0, n, 1));
      models::Step alone;
      alone.state = decoder.start(of_one);
      for (const std::int64_t number : read[i]) alone = decoder.step(of_one, alone.state, word(number));
      CHECK(difference(together.logits[n][k], alone.logits[0][0]) < 1e-4);
      if (together.log_alpha.defined()) {
        CHECK(difference(together.log_alpha[n][k].exp(), alone.log_alpha[0][0].exp()) < 1e-5);
      }
      if (together.cell.defined()) CHECK(together.cell[n][k].equal(alone.cell[0][0]));
    }
    // An image whose captions are complete is removed.
    const Tensor second = torch::tensor({1}, torch::kLong);
    const auto rest = decoder.step(encoded.select(second), state.select(torch::tensor({2, 3}, torch::kLong), 1),
                                   torch::tensor({{9, 10}}, torch::kLong));
    CHECK(difference(rest.logits[0], together.logits[1]) < 1e-4);
  });
}

TEST_CASE("captions of an image take steps independently") {
  const auto decoder = test::tiny_decoder(3);
  const Example example(3);
  const torch::NoGradGuard no_gradient;
  const auto encoded = decoder->precompute(example.annotations);
  const models::State state{{torch::randn({2, 3, 16}), torch::randn({2, 3, 16})}, 0};
  const Tensor words = torch::tensor({4, 5, 6, 7, 8, 9}, torch::kLong).view({2, 3});
  const auto together = decoder->step(encoded, state, words);
  for (std::int64_t n = 0; n < 2; ++n) {
    for (std::int64_t k = 0; k < 3; ++k) {
      const auto alone = decoder->step(
          decoder->precompute(example.annotations.narrow(0, n, 1)),
          {{state.rows[0][n][k].view({1, 1, 16}), state.rows[1][n][k].view({1, 1, 16})}, 0}, words[n][k].view({1, 1}));
      CHECK(difference(together.logits[n][k], alone.logits[0][0]) < 1e-4);
      CHECK(difference(test::weights(together.log_alpha)[n][k], alone.log_alpha.exp()[0][0][0]) < 1e-5);
      CHECK(difference(together.beta[n][k], alone.beta[0][0]) < 1e-5);
      CHECK(difference(together.state.rows[0][n][k], alone.state.rows[0][0][0]) < 1e-5);
    }
  }
}

TEST_CASE("attention weights sum to one and the gate lies between 0 and 1") {
  const auto decoder = test::tiny_decoder(4);
  const Example example(4);
  const torch::NoGradGuard no_gradient;
  const auto unrolled = decoder->unroll(example.annotations, example.batch, {});
  CHECK(difference(test::weights(unrolled.log_alpha).sum(-1), torch::ones({11})) < 1e-6);
  const auto step =
      decoder->step(decoder->precompute(example.annotations), decoder->start(decoder->precompute(example.annotations)),
                    torch::full({2, 1}, 1, torch::kLong));
  REQUIRE(step.beta.sizes() == torch::IntArrayRef({2, 1}));
  CHECK(step.beta.min().item<float>() > 0);
  CHECK(step.beta.max().item<float>() < 1);
}

TEST_CASE("the map of word t depends on h_{t-1}, not on word t-1 itself") {
  const auto decoder = test::tiny_decoder(5);
  const Example example(5);
  const torch::NoGradGuard no_gradient;
  const Tensor annotations = example.annotations.narrow(0, 0, 1);
  const auto alpha_after = [&](const std::vector<std::int64_t>& caption) {
    return test::weights(decoder->unroll(annotations, models::pack({caption}, {0}), {}).log_alpha);  // [T, L]
  };
  // Changes the second input of the caption from 4 to 5.
  const Tensor one = alpha_after({1, 4, 6, 7, 2});
  const Tensor other = alpha_after({1, 5, 6, 7, 2});
  CHECK(difference(one[0], other[0]) == 0);    // before the change
  CHECK(difference(one[1], other[1]) == 0);    // alpha_t depends on h_{t-1}
  CHECK(difference(one[2], other[2]) > 1e-5);  // alpha_{t+1} depends on h_t, which depends on y_{t-1}

  // The same holds for step(): another state changes alpha, but another word does not.
  const auto encoded = decoder->precompute(annotations);
  auto state = decoder->start(decoder->precompute(annotations));
  const auto step = decoder->step(encoded, state, word(4));
  CHECK(difference(step.log_alpha, decoder->step(encoded, state, word(5)).log_alpha) == 0);
  CHECK(difference(step.logits, decoder->step(encoded, state, word(5)).logits) > 1e-3);
  state.rows[0] = -state.rows[0];
  CHECK(difference(step.log_alpha, decoder->step(encoded, state, word(4)).log_alpha) > 1e-5);
}

TEST_CASE("words depend only on previous words in every decoder") {
  const Example example(6, 9);
  const torch::NoGradGuard no_gradient;
  with_every_decoder(6, [&](Decoder& decoder) {
    const auto unroll = [&](const std::vector<std::int64_t>& caption) {
      return decoder.unroll(example.annotations, models::pack({caption}, {0}), {});
    };
    const auto one = unroll({1, 4, 6, 7, 2}), other = unroll({1, 4, 9, 7, 2});
    const auto before = [](const Tensor& x) { return x.narrow(0, 0, 2); };
    // The number of rows in a matrix product may change its rounding, but nothing else may change.
    CHECK(difference(before(one.logits), before(other.logits)) < 1e-6);
    CHECK(difference(one.logits[2], other.logits[2]) > 1e-3);
    CHECK(difference(one.logits[3], other.logits[3]) > 1e-6);
    const auto shorter = unroll({1, 4, 2});  // has the same first words
    CHECK(difference(shorter.logits, before(one.logits)) < 1e-5);
    if (!one.log_alpha.defined()) return;
    CHECK(difference(before(one.log_alpha).exp(), before(other.log_alpha).exp()) < 1e-6);
    CHECK(difference(shorter.log_alpha.exp(), before(one.log_alpha).exp()) < 1e-5);
  });
}

TEST_CASE("dropout acts in training only") {
  const auto decoder = test::tiny_decoder(7);
  const Example example(7);
  const torch::NoGradGuard no_gradient;
  models::UnrollOptions options;
  options.dropout = 0.5;
  const auto logits = [&] { return decoder->unroll(example.annotations, example.batch, options).logits; };
  const Tensor still = logits();
  CHECK(difference(still, logits()) == 0);
  decoder->train();
  CHECK(difference(logits(), logits()) > 1e-3);
  options.word_dropout = options.dropout = 0;
  CHECK(difference(still, logits()) < 1e-5);
}

TEST_CASE("bfloat16 results stay close to float32") {
  const auto decoder = test::tiny_decoder(8);
  const Example example(8);
  const torch::NoGradGuard no_gradient;
  models::UnrollOptions options;
  const auto full = decoder->unroll(example.annotations, example.batch, options);
  options.precision = Precision::kBfloat16;
  const auto low = decoder->unroll(example.annotations, example.batch, options);
  CHECK((low.logits.scalar_type() == torch::kFloat));
  CHECK(difference(low.logits, full.logits) < 0.5);
  CHECK(difference(test::weights(low.log_alpha), test::weights(full.log_alpha)) < 0.05);
}

TEST_CASE("the forget gate bias of the LSTM is 1") {
  torch::manual_seed(9);
  const auto decoder = models::make_decoder(test::tiny_plan().options, test::tiny_plan().shape);
  const auto bias = parameter(*decoder, "lstm_bias").chunk(4);
  CHECK(difference(bias[1], torch::ones({16})) == 0);
  for (const int other : {0, 2, 3}) CHECK(difference(bias[static_cast<std::size_t>(other)], torch::zeros({16})) == 0);
}

TEST_CASE("a decoder with an unknown mechanism is refused") {
  auto plan = test::tiny_plan();
  plan.options.attention.attention = "blind";
  CHECK_THROWS_AS(models::make_decoder(plan.options, plan.shape), Error);
  plan = test::tiny_plan();
  plan.options.attention.alignment = "blind";
  CHECK_THROWS_AS(models::make_decoder(plan.options, plan.shape), Error);
}

TEST_CASE("position embeddings change the keys but not the values") {
  test::DecoderPlan plan = test::tiny_plan();
  plan.set("position-embeddings", "true");
  const auto decoder = test::tiny_decoder(1, plan);
  const Tensor positions = test::parameter(*decoder, "attention.positions");
  REQUIRE(positions.sizes() == torch::IntArrayRef({4, 6}));
  const torch::NoGradGuard no_gradient;
  // The cells are equal, so only their positions can change the weights, and any weights give the same context.
  const Tensor alike = torch::ones({1, 4, 6});
  const auto batch = models::pack({{1, 4, 5, 2}}, {0});
  const auto uniform = decoder->unroll(alike, batch, {});
  CHECK(difference(test::weights(uniform.log_alpha), torch::full({3, 4}, 0.25)) < 1e-6);
  positions.normal_();
  const auto placed = decoder->unroll(alike, batch, {});
  CHECK(difference(placed.log_alpha, uniform.log_alpha) > 0.01);
  CHECK(difference(placed.logits, uniform.logits) < 1e-5);
}

TEST_CASE("resizing a decoder keeps its weights and interpolates per-cell tables") {
  test::DecoderPlan plan = test::tiny_plan();
  plan.set("position-embeddings", "true");
  const auto decoder = test::tiny_decoder(1, plan);
  const torch::NoGradGuard no_gradient;
  // The first component of a position is its column, the second its row. Centers are at one and three quarters.
  test::parameter(*decoder, "attention.positions").zero_();
  test::parameter(*decoder, "attention.positions")
      .narrow(1, 0, 2)
      .copy_(torch::tensor({0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 1.0F, 1.0F, 1.0F}).view({4, 2}));
  const auto larger = models::resized(*decoder, {4, 4});
  const Tensor positions = test::parameter(*larger, "attention.positions");
  REQUIRE(positions.sizes() == torch::IntArrayRef({16, 6}));
  const Tensor line = torch::tensor({0.0F, 0.25F, 0.75F, 1.0F});
  CHECK(difference(positions.select(1, 0), line.repeat({4})) < 1e-6);
  CHECK(difference(positions.select(1, 1), line.repeat_interleave(4)) < 1e-6);
  CHECK(difference(test::parameter(*larger, "embedding"), test::parameter(*decoder, "embedding")) == 0);
}

TEST_CASE("every decoder can be resized, and resizing to the same grid changes nothing") {
  const Example larger(2, 30);
  const torch::NoGradGuard no_gradient;
  with_every_decoder(1, [&](Decoder& decoder) {
    const Example example(2, decoder.shape().grid.cells());
    decoder.eval();
    const auto same = models::resized(decoder, decoder.shape().grid);
    same->eval();
    torch::manual_seed(3);
    const Tensor logits = decoder.unroll(example.annotations, example.batch, {}).logits;
    torch::manual_seed(3);
    CHECK(difference(same->unroll(example.annotations, example.batch, {}).logits, logits) == 0);
    const auto resized = models::resized(decoder, {5, 6});
    resized->eval();
    CHECK(resized->unroll(larger.annotations, example.batch, {}).logits.isfinite().all().item<bool>());
  });
}

TEST_CASE("a learned initial state does not depend on the image") {
  test::DecoderPlan plan = test::tiny_plan();
  plan.set("initial-state", "learned");
  const auto decoder = test::tiny_decoder(1, plan);
  torch::manual_seed(4);
  const torch::NoGradGuard no_gradient;
  const auto encoded = decoder->precompute(torch::randn({2, 4, 6}));
  for (const Tensor& rows : decoder->start(encoded).rows) {
    CHECK(difference(rows[0], rows[1]) == 0);
    CHECK(rows.abs().max().item<double>() > 0);
  }
  CHECK_THROWS_AS(test::parameter(*decoder, "init_h"), Error);
}
