#include "core/metrics/attention.hpp"

#include <cmath>

#include <doctest/doctest.h>

using namespace saccade;
using metrics::entropy;
using metrics::jensen_shannon_divergence;

TEST_CASE("entropy is 0 for one cell and log L for equal weights") {
  const float one[] = {0, 1, 0, 0}, alike[] = {0.25F, 0.25F, 0.25F, 0.25F}, half[] = {0.5F, 0, 0.5F, 0};
  CHECK(entropy(one, 4) == 0);
  CHECK(entropy(alike, 4) == doctest::Approx(std::log(4)));
  CHECK(entropy(half, 4) == doctest::Approx(std::log(2)));
}

TEST_CASE("Jensen-Shannon divergence is 0 for equal maps, log 2 for disjoint maps, and symmetric") {
  const float a[] = {1, 0, 0}, b[] = {0, 0.5F, 0.5F}, c[] = {0.5F, 0.5F, 0};
  CHECK(jensen_shannon_divergence(b, b, 3) == 0);
  CHECK(jensen_shannon_divergence(a, b, 3) == doctest::Approx(std::log(2)));
  CHECK(jensen_shannon_divergence(a, c, 3) == jensen_shannon_divergence(c, a, 3));
  // H(0.75, 0.25) - (0 + log 2) / 2
  CHECK(jensen_shannon_divergence(a, c, 3) ==
        doctest::Approx(-0.75 * std::log(0.75) - 0.25 * std::log(0.25) - std::log(2) / 2));
}

TEST_CASE("a summary covers the words and steps of all captions") {
  Caption first;
  first.words = {"a", "dog", "runs"};
  first.grid = {1, 2};
  first.alpha = {1, 0, 1, 0, 0.5F, 0.5F};
  Caption second;
  second.words = {"grass"};
  second.grid = {1, 2};
  second.alpha = {0.5F, 0.5F};
  metrics::AttentionSummary summary;
  CHECK(summary.scores().entropy == 0);  // no captions
  summary.add(first);
  summary.add(second);
  const float one[] = {1, 0}, half[] = {0.5F, 0.5F};
  CHECK(summary.scores().entropy == doctest::Approx(2 * std::log(2) / 4));
  CHECK(summary.scores().divergence == doctest::Approx(jensen_shannon_divergence(one, half, 2) / 2));
  CHECK(summary.scores().moves == 0);  // the first cell has the largest weight in every step

  first.cells = {0, 1, 1};  // selected cells take precedence over the largest weights
  summary.add(first);
  CHECK(summary.scores().moves == doctest::Approx(1.0 / 4));
}
