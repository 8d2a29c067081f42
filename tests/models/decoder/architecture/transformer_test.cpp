#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/decoder/decoder.hpp"
#include "tests/models/plain_loops.hpp"
#include "tests/models/tiny_model.hpp"

// Compares the Transformer decoder with its equations in plain loops. decoder_test.cpp tests for every decoder that
// incremental and parallel results agree and that words depend only on previous words.

using namespace saccade;
using test::difference;
using test::Rows;
using test::sum;
using test::Vector;
using torch::Tensor;

namespace {

/// The equations of a decoder with one layer, W = 4, one head for words and one for cells, and its cached words.
struct Reference {
  const models::Decoder& decoder;
  Rows annotations;
  Rows keys{}, values{};  // of the previous words
  Vector alpha{};

  Vector vector(const std::string& name) const { return test::vector_of(test::parameter(decoder, name)); }
  Vector times(const std::string& name, const Vector& x) const {
    return test::times(test::rows_of(test::parameter(decoder, name)), x);
  }
  Vector norm(const std::string& name, const Vector& x) const {
    return test::layer_norm(x, vector(name + ".gain"), vector(name + ".bias"));
  }

  Vector mean() const {
    Vector result(annotations[0].size());
    for (const Vector& a : annotations) result = sum(result, a);
    for (double& each : result) each /= static_cast<double>(annotations.size());
    return result;
  }

  Vector step(std::int64_t word) {
    const auto t = static_cast<double>(keys.size());
    const Vector waves{std::sin(t), std::sin(t / 100), std::cos(t), std::cos(t / 100)};
    Vector x = sum(test::vector_of(test::parameter(decoder, "embedding")[word]), waves);
    x = sum(x, sum(times("see", mean()), vector("see_bias")));

    const Vector parts = times("words0.in", norm("words0.norm", x));
    keys.emplace_back(parts.begin() + 4, parts.begin() + 8);
    values.emplace_back(parts.begin() + 8, parts.end());
    const Vector word_query(parts.begin(), parts.begin() + 4);
    Vector scores;
    for (const Vector& key : keys) scores.push_back(test::dot(word_query, key) / 2);  // sqrt(4)
    x = sum(x, times("words0.out", test::gathered(scores, values)));

    const Vector cell_query = times("attention0.weighting.query", norm("norm0", x));
    Rows seen;
    alpha.clear();
    scores.clear();
    for (const Vector& a : annotations) {
      scores.push_back(test::dot(cell_query, times("attention0.weighting.key", a)) / std::sqrt(3.0));
      alpha.push_back(std::exp(scores.back()));
      seen.push_back(times("attention0.weighting.value", a));
    }
    alpha = test::normalized(alpha);
    const Vector context = times("attention0.weighting.join", test::gathered(scores, seen));
    x = sum(x, times("context0", context));

    Vector hidden = sum(times("feed_forward0.in", norm("feed_forward0.norm", x)), vector("feed_forward0.in_bias"));
    for (double& each : hidden) each = each > 0 ? each : 0;
    x = sum(x, sum(times("feed_forward0.out", hidden), vector("feed_forward0.out_bias")));
    return sum(times("output", norm("norm", x)), vector("output_bias"));
  }
};

}  // namespace

TEST_CASE("a Transformer attends to the previous words, then to the cells, and applies a feed-forward network") {
  const auto decoder = test::tiny_decoder(1, test::plan_with({{"decoder", "transformer"},
                                                              {"embedding", "4"},
                                                              {"layers", "1"},
                                                              {"word-heads", "1"},
                                                              {"weighting", "multi-head"},
                                                              {"alignment", "scaled-dot"},
                                                              {"alignment-width", "3"},
                                                              {"heads", "1"}}));
  const torch::NoGradGuard no_gradient;
  const Tensor annotations = torch::randn({1, 9, 6});
  Reference by_hand{*decoder, test::rows_of(annotations[0])};
  const auto encoded = decoder->precompute(annotations);
  models::State state = decoder->start(encoded);
  for (const std::int64_t previous : {1, 7, 4, 11}) {
    CAPTURE(previous);
    const Tensor logits = torch::tensor(by_hand.step(previous), torch::kDouble);
    const auto step = decoder->step(encoded, state, torch::full({1, 1}, previous, torch::kLong));
    state = step.state;
    CHECK(difference(step.logits[0][0], logits) < 1e-4);
    CHECK(difference(step.log_alpha[0][0][0].exp(), torch::tensor(by_hand.alpha, torch::kDouble)) < 1e-5);
    CHECK_FALSE(step.beta.defined());  // the Transformer has no gate
  }
}

TEST_CASE("a Transformer returns the maps of all layers, ending with the last layer") {
  const test::Options one{{"decoder", "transformer"}, {"weighting", "multi-head"}, {"alignment", "scaled-dot"}};
  const auto decoder = test::tiny_decoder(2, test::plan_with(one));  // two layers of two heads
  CHECK(decoder->maps().layers == 2);
  CHECK(decoder->maps().heads == 2);
  const torch::NoGradGuard no_gradient;
  const Tensor annotations = torch::randn({1, 9, 6});
  const auto batch = models::pack({{1, 4, 5, 2}}, {0});
  const auto maps = [&] { return decoder->unroll(annotations, batch, {}).log_alpha; };  // [P, 4, 9]
  const Tensor before = maps();
  REQUIRE(before.sizes() == torch::IntArrayRef({3, 4, 9}));
  // A change of the query of the last layer's second head (A = 6, so rows 3 to 5) changes only the last map.
  test::parameter(*decoder, "attention1.weighting.query").narrow(0, 3, 3).neg_();
  const Tensor after = maps();
  CHECK(difference(before.narrow(1, 0, 3), after.narrow(1, 0, 3)) < 1e-6);
  CHECK(difference(before.select(1, 3).exp(), after.select(1, 3).exp()) > 1e-3);
}
