#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/decoder/decoder.hpp"
#include "tests/models/plain_loops.hpp"
#include "tests/models/tiny_model.hpp"

// Compares variants of the LSTM decoder with plain loops: Luong's placement, and no attention. decoder_test.cpp covers
// the decoder of Show, Attend and Tell.

using namespace saccade;
using models::Decoder;
using test::difference;
using test::sigmoid;
using test::sum;
using test::tanh;
using test::Vector;
using test::vector_of;
using torch::Tensor;

namespace {

/// The decoder's equations for one image in plain loops.
struct Reference {
  const Decoder& decoder;
  test::Rows a;  ///< L annotations
  bool attends, has_context, after;
  Vector h, c, z, alpha;
  double beta = 0;

  Vector bias(const std::string& name) const { return vector_of(test::parameter(decoder, name)); }
  Vector times(const std::string& name, const Vector& x) const {
    return test::times(test::rows_of(test::parameter(decoder, name)), x);
  }
  Vector mean() const {
    Vector result(a[0].size());
    for (const Vector& cell : a) {
      for (std::size_t d = 0; d < cell.size(); ++d) result[d] += cell[d] / static_cast<double>(a.size());
    }
    return result;
  }

  void start() {
    h = tanh(sum(times("init_h", mean()), bias("init_h_bias")));
    c = tanh(sum(times("init_c", mean()), bias("init_c_bias")));
    if (has_context) z.assign(a[0].size(), 0);
  }

  /// Computes h_t and c_t from the word y_{t-1} and the current z.
  void move(std::int64_t word) {
    Vector input = h;
    input.insert(input.end(), z.begin(), z.end());
    const Vector y = vector_of(test::parameter(decoder, "embedding")[word]);
    const Vector gates = sum(sum(times("lstm_word", y), times("lstm_state", input)), bias("lstm_bias"));
    const std::size_t width = h.size();  // gates: input, forget, output, candidate
    for (std::size_t i = 0; i < width; ++i) {
      c[i] = sigmoid(gates[width + i]) * c[i] + sigmoid(gates[i]) * std::tanh(gates[3 * width + i]);
      h[i] = sigmoid(gates[2 * width + i]) * std::tanh(c[i]);
    }
  }

  /// Computes z from the current h.
  void attend() {
    if (!has_context) return;
    Vector context = mean();
    if (attends) {
      const std::string score = "attention.weighting.score.";
      const Vector of_hidden = sum(times(score + "from_hidden", h), bias(score + "bias"));
      const Vector v = bias(score + "v");
      alpha.clear();
      for (const Vector& cell : a) {
        alpha.push_back(std::exp(test::dot(v, tanh(sum(times(score + "from_annotation", cell), of_hidden)))));
      }
      alpha = test::normalized(alpha);
      context.assign(context.size(), 0);
      for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t d = 0; d < context.size(); ++d) context[d] += alpha[i] * a[i][d];
      }
    }
    beta = sigmoid(times("beta", h)[0] + bias("beta_bias")[0]);
    for (std::size_t d = 0; d < z.size(); ++d) z[d] = beta * context[d];
  }

  Vector step(std::int64_t word) {
    if (after) {
      move(word);
      attend();
    } else {
      attend();
      move(word);
    }
    Vector deep = sum(vector_of(test::parameter(decoder, "embedding")[word]), times("output_h", h));
    if (has_context) deep = sum(deep, times("output_z", z));
    return sum(times("output", tanh(deep)), bias("output_bias"));
  }
};

double difference_of(const Tensor& one, const Vector& other) {
  return difference(one, torch::tensor(other, torch::kDouble));
}

Tensor word(std::int64_t number) {
  return torch::full({1, 1}, number, torch::kLong);
}

}  // namespace

TEST_CASE("the LSTM attends before or after its step, and reads cells, the mean or no context") {
  const std::vector<test::Options> all{
      {{"placement", "after"}},
      {{"placement", "after"}, {"attention", "none"}, {"mean-context", "true"}},
      {{"placement", "after"}, {"attention", "none"}},
      {{"attention", "none"}, {"mean-context", "true"}},
      {{"attention", "none"}},
  };
  for (const auto& options : all) {
    CAPTURE(test::text_of(options));
    test::DecoderPlan plan = test::tiny_plan();
    for (const auto& [option, value] : options) plan.set(option, value);
    const auto decoder = test::tiny_decoder(1, plan);
    const torch::NoGradGuard no_gradient;
    torch::manual_seed(1);
    const Tensor annotations = torch::randn({1, 4, 6});
    const bool attends = plan.options.attention.attention != "none";
    Reference by_hand{
        *decoder, {}, attends, attends || plan.options.attention.mean_context, options.front().first == "placement", {},
        {},       {}, {}};
    for (std::int64_t i = 0; i < 4; ++i) by_hand.a.push_back(vector_of(annotations[0][i]));
    by_hand.start();
    const auto encoded = decoder->precompute(annotations);
    models::State state = decoder->start(encoded);
    for (const std::int64_t previous : {1, 7, 4, 11}) {
      CAPTURE(previous);
      const Vector logits = by_hand.step(previous);
      const auto step = decoder->step(encoded, state, word(previous));
      state = step.state;
      CHECK(difference_of(step.logits[0][0], logits) < 1e-4);
      CHECK(difference_of(state.rows[0][0][0], by_hand.h) < 1e-5);
      CHECK(difference_of(state.rows[1][0][0], by_hand.c) < 1e-5);
      REQUIRE(step.log_alpha.defined() == attends);
      if (attends) CHECK(difference_of(step.log_alpha[0][0][0].exp(), by_hand.alpha) < 1e-5);
      REQUIRE(step.beta.defined() == by_hand.has_context);
      if (by_hand.has_context) CHECK(difference_of(step.beta[0], {by_hand.beta}) < 1e-5);
    }
  }
}

TEST_CASE("with placement after, the map of word t depends on word t-1") {
  test::DecoderPlan plan = test::tiny_plan();
  plan.set("placement", "after");
  const auto decoder = test::tiny_decoder(5, plan);
  const torch::NoGradGuard no_gradient;
  torch::manual_seed(5);
  const Tensor annotations = torch::randn({1, 4, 6});
  const auto alpha_of = [&](const std::vector<std::int64_t>& caption) {
    return test::weights(decoder->unroll(annotations, models::pack({caption}, {0}), {}).log_alpha);  // [T, L]
  };
  // Changes the second input of the caption from 4 to 5.
  const Tensor one = alpha_of({1, 4, 6, 7, 2}), other = alpha_of({1, 5, 6, 7, 2});
  CHECK(difference(one[0], other[0]) == 0);
  CHECK(difference(one[1], other[1]) > 1e-5);  // with the placement "before", these are equal
}
