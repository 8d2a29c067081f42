#include "models/decoder/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "core/text/vocabulary.hpp"
#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::beam_search;
using models::Decoder;
using models::Hypothesis;
using models::SearchOptions;
using test::difference;
using test::set_output_bias;
using torch::Tensor;

namespace {

Tensor images(std::int64_t count, std::uint64_t seed) {
  torch::manual_seed(seed);
  return torch::randn({count, 4, 6});
}

SearchOptions with_beam(int beam) {
  SearchOptions options;
  options.beam = beam;
  options.min_length = 0;
  return options;
}

/// Feeds the words and the cells of a hypothesis through the decoder and compares the results with the hypothesis.
void check_hypothesis(Decoder& decoder, const Tensor& annotations, const Hypothesis& hypothesis,
                      const SearchOptions& options) {
  const torch::NoGradGuard no_gradient;
  const auto encoded = decoder.precompute(annotations);
  auto state = decoder.start(decoder.precompute(annotations));
  std::int64_t previous = Vocabulary::kStart;
  double total = 0;
  REQUIRE(hypothesis.log_probabilities.size() == hypothesis.words.size());
  REQUIRE(hypothesis.beta.size() == hypothesis.words.size());
  REQUIRE(hypothesis.alpha.size() == hypothesis.words.size() * 4);
  for (std::size_t t = 0; t <= hypothesis.words.size(); ++t) {
    CAPTURE(t);
    if (!hypothesis.cells.empty() && t == hypothesis.words.size()) return;  // the cell for <end> is not returned
    models::Selection seen;
    if (!hypothesis.cells.empty()) seen.cell = torch::full({1, 1}, hypothesis.cells[t], torch::kLong);
    const auto step = decoder.step(encoded, state, torch::full({1, 1}, previous, torch::kLong), seen);
    const Tensor log_p = at::log_softmax(step.logits[0][0], -1);
    if (t == hypothesis.words.size()) {
      total += log_p[Vocabulary::kEnd].item<double>();
      break;
    }
    CHECK(hypothesis.log_probabilities[t] == doctest::Approx(log_p[hypothesis.words[t]].item<double>()).epsilon(1e-4));
    CHECK(hypothesis.beta[t] == doctest::Approx(step.beta[0][0].item<double>()).epsilon(1e-4));
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(hypothesis.alpha[t * 4 + i] ==
            doctest::Approx(step.log_alpha.exp()[0][0][0][static_cast<std::int64_t>(i)].item<double>()).epsilon(1e-4));
    }
    total += log_p[hypothesis.words[t]].item<double>();
    state = step.state;
    previous = hypothesis.words[t];
  }
  CHECK(hypothesis.log_probability == doctest::Approx(total).epsilon(1e-4));
  const double penalty = options.length_penalty < 0 ? models::kDefaultLengthPenalty : options.length_penalty;
  CHECK(hypothesis.score == doctest::Approx(total / std::pow(hypothesis.words.size() + 1, penalty)).epsilon(1e-4));
}

}  // namespace

TEST_CASE("a beam of one is greedy search") {
  const Tensor annotations = images(1, 1);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const auto decoder = test::tiny_decoder(seed);
    const torch::NoGradGuard no_gradient;
    const auto encoded = decoder->precompute(annotations);
    auto state = decoder->start(decoder->precompute(annotations));
    std::vector<std::int64_t> words;
    while (words.size() < 30) {
      const std::int64_t previous = words.empty() ? Vocabulary::kStart : words.back();
      const auto step = decoder->step(encoded, state, torch::full({1, 1}, previous, torch::kLong));
      std::int64_t best = Vocabulary::kEnd;
      for (std::int64_t word = Vocabulary::kSpecials; word < 12; ++word) {
        if (word != previous && step.logits[0][0][word].item<float>() > step.logits[0][0][best].item<float>())
          best = word;
      }
      if (best == Vocabulary::kEnd) break;
      words.push_back(best);
      state = step.state;
    }
    const auto found = beam_search(*decoder, annotations, with_beam(1));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].size() == 1);
    CHECK(found[0][0].words == words);
  }
}

TEST_CASE("the results for a word belong to the step of that word") {
  const Tensor annotations = images(3, 2);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    CAPTURE(seed);
    const auto decoder = test::tiny_decoder(seed);
    for (const int beam : {1, 2, 5}) {
      CAPTURE(beam);
      const auto found = beam_search(*decoder, annotations, with_beam(beam));
      REQUIRE(found.size() == 3);
      for (std::int64_t n = 0; n < 3; ++n) {
        for (const auto& hypothesis : found[static_cast<std::size_t>(n)]) {
          check_hypothesis(*decoder, annotations.narrow(0, n, 1), hypothesis, with_beam(beam));
        }
      }
    }
  }
}

TEST_CASE("a search returns at most as many distinct captions as beams, best first") {
  const Tensor annotations = images(2, 3);
  const auto decoder = test::tiny_decoder(3);
  for (const int beam : {1, 3, 5, 20}) {
    CAPTURE(beam);
    for (const auto& hypotheses : beam_search(*decoder, annotations, with_beam(beam))) {
      CHECK(!hypotheses.empty());
      CHECK(hypotheses.size() <= static_cast<std::size_t>(beam));
      for (std::size_t i = 1; i < hypotheses.size(); ++i) {
        CHECK(hypotheses[i - 1].score >= hypotheses[i].score);
        CHECK(hypotheses[i - 1].words != hypotheses[i].words);
      }
    }
  }
}

TEST_CASE("batched search gives the same results as single search") {
  const Tensor annotations = images(6, 4);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    const auto decoder = test::tiny_decoder(seed);
    const auto together = beam_search(*decoder, annotations, with_beam(4));
    for (std::int64_t n = 0; n < 6; ++n) {
      CAPTURE(n);
      const auto alone = beam_search(*decoder, annotations.narrow(0, n, 1), with_beam(4))[0];
      const auto& same = together[static_cast<std::size_t>(n)];
      REQUIRE(same.size() == alone.size());
      for (std::size_t i = 0; i < alone.size(); ++i) {
        CHECK(same[i].words == alone[i].words);
        CHECK(same[i].log_probability == doctest::Approx(alone[i].log_probability).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("no images give no captions") {
  const auto decoder = test::tiny_decoder(5);
  CHECK(beam_search(*decoder, torch::zeros({0, 4, 6}), with_beam(3)).empty());
}

TEST_CASE("captions are truncated at the maximum length") {
  const Tensor annotations = images(2, 6);
  const auto decoder = test::tiny_decoder(6);
  set_output_bias(*decoder, Vocabulary::kEnd, -1000);
  for (const int beam : {1, 5}) {
    auto options = with_beam(beam);
    options.max_length = 7;
    for (const auto& hypotheses : beam_search(*decoder, annotations, options)) {
      CHECK(hypotheses.size() == static_cast<std::size_t>(beam));
      for (std::size_t n = 0; n < hypotheses.size(); ++n) CHECK(hypotheses[n].words.size() == 7);
    }
    check_hypothesis(*decoder, annotations.narrow(0, 0, 1), beam_search(*decoder, annotations, options)[0][0], options);
  }
}

TEST_CASE("the score of a truncated caption includes the probability of <end>") {
  const Tensor annotations = images(8, 6);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    const auto decoder = test::tiny_decoder(seed);
    set_output_bias(*decoder, Vocabulary::kEnd, -2);
    auto options = with_beam(3);
    options.length_penalty = 0;
    for (const int most : {1, 2, 3}) {
      options.max_length = most;
      const auto found = beam_search(*decoder, annotations, options);
      for (std::int64_t n = 0; n < 8; ++n) {
        for (const Hypothesis& hypothesis : found[static_cast<std::size_t>(n)]) {
          CHECK(hypothesis.words.size() <= static_cast<std::size_t>(most));
          std::vector<std::int64_t> caption{Vocabulary::kStart};
          caption.insert(caption.end(), hypothesis.words.begin(), hypothesis.words.end());
          caption.push_back(Vocabulary::kEnd);
          const auto batch = models::pack({caption}, {0});
          models::UnrollOptions plain;
          plain.word_dropout = plain.dropout = 0;
          const torch::NoGradGuard no_gradient;
          const Tensor logits = decoder->unroll(annotations.narrow(0, n, 1), batch, plain).logits;
          const double log_p = at::log_softmax(logits, -1).gather(1, batch.targets.unsqueeze(1)).sum().item<double>();
          CHECK(hypothesis.score == doctest::Approx(log_p).epsilon(1e-4));
        }
      }
    }
  }
}

TEST_CASE("a caption may be empty") {
  const Tensor annotations = images(2, 7);
  const auto decoder = test::tiny_decoder(7);
  set_output_bias(*decoder, Vocabulary::kEnd, 1000);
  for (const int beam : {1, 5}) {
    for (const auto& hypotheses : beam_search(*decoder, annotations, with_beam(beam))) {
      const Hypothesis& best = hypotheses.front();
      CHECK(best.words.empty());
      CHECK(best.log_probabilities.empty());
      CHECK(best.alpha.empty());
      CHECK(best.beta.empty());
      CHECK(best.log_probability == doctest::Approx(0));
    }
  }
}

TEST_CASE("<unk>, <pad> and <start> are never generated") {
  const auto decoder = test::tiny_decoder(8);
  for (const auto special : {Vocabulary::kUnknown, Vocabulary::kPad, Vocabulary::kStart}) {
    set_output_bias(*decoder, special, 50);
  }
  for (const int beam : {1, 5}) {
    for (const auto& hypotheses : beam_search(*decoder, images(3, 8), with_beam(beam))) {
      for (const auto& hypothesis : hypotheses) {
        for (const auto word : hypothesis.words) CHECK(word >= Vocabulary::kSpecials);
      }
    }
  }
}

TEST_CASE("no word is repeated immediately") {
  const auto decoder = test::tiny_decoder(9);
  set_output_bias(*decoder, 5, 100);
  set_output_bias(*decoder, Vocabulary::kEnd, -100);
  for (const int beam : {1, 5}) {
    for (const auto& hypotheses : beam_search(*decoder, images(3, 9), with_beam(beam))) {
      std::size_t fives = 0;
      for (const auto& hypothesis : hypotheses) {
        CHECK(std::adjacent_find(hypothesis.words.begin(), hypothesis.words.end()) == hypothesis.words.end());
        fives += static_cast<std::size_t>(std::count(hypothesis.words.begin(), hypothesis.words.end(), 5));
      }
      CHECK(fives > 1);  // a word may occur again after another word
    }
  }
}

TEST_CASE("captions have at least the minimum length") {
  const Tensor annotations = images(2, 10);
  const auto decoder = test::tiny_decoder(10);
  set_output_bias(*decoder, Vocabulary::kEnd, 50);
  for (const int beam : {1, 5}) {
    auto options = with_beam(beam);
    options.min_length = 4;
    for (const auto& hypotheses : beam_search(*decoder, annotations, options)) {
      for (const auto& hypothesis : hypotheses) CHECK(hypothesis.words.size() >= 4);
      CHECK(hypotheses.front().words.size() == 4);
    }
  }
}

TEST_CASE("the vocabulary may be smaller than the beam") {
  for (const std::int64_t words : {0, 1, 2, 3}) {
    CAPTURE(words);
    auto plan = test::tiny_plan();
    plan.shape.vocabulary = Vocabulary::kSpecials + words;
    const auto decoder = test::tiny_decoder(11, plan);
    for (const int least : {0, 3}) {
      CAPTURE(least);
      auto options = with_beam(5);
      options.max_length = 6;
      options.min_length = least;
      const auto found = beam_search(*decoder, images(2, 11), options);
      REQUIRE(found.size() == 2);
      for (const auto& hypotheses : found) {
        REQUIRE(!hypotheses.empty());
        for (const auto& hypothesis : hypotheses) {
          CHECK(hypothesis.log_probability > -std::numeric_limits<float>::infinity());
          for (const auto word : hypothesis.words) CHECK(word >= Vocabulary::kSpecials);
          CHECK(std::adjacent_find(hypothesis.words.begin(), hypothesis.words.end()) == hypothesis.words.end());
        }
      }
    }
  }
}

TEST_CASE("length normalization favors longer captions") {
  const Tensor annotations = images(8, 12);
  const auto decoder = test::tiny_decoder(12);
  const auto mean_length = [&](double penalty) {
    auto options = with_beam(5);
    options.length_penalty = penalty;
    double words = 0;
    for (const auto& hypotheses : beam_search(*decoder, annotations, options)) {
      words += static_cast<double>(hypotheses.front().words.size());
    }
    return words / 8;
  };
  CHECK(mean_length(0) < mean_length(2));
}

TEST_CASE("specificity subtracts the scores of the words on a blank image") {
  const Tensor annotations = images(3, 21), blank = images(1, 22);
  for (const char* attention : {"soft", "hard"}) {
    CAPTURE(attention);
    const auto decoder = test::tiny_decoder(21);
    decoder->set_attention(attention);
    auto options = with_beam(3);
    options.length_penalty = 0;
    options.max_length = 6;
    const auto plain = beam_search(*decoder, annotations, options);
    options.specificity = 0.5;
    const auto specific = beam_search(*decoder, annotations, options, {}, blank);

    // Scores of the same words on the blank image, which is read with the weighted mean.
    const torch::NoGradGuard no_gradient;
    const auto encoded = decoder->precompute(blank);
    bool changed = false;
    for (std::size_t image = 0; image < specific.size(); ++image) {
      changed = changed || specific[image].front().words != plain[image].front().words;
      for (const Hypothesis& hypothesis : specific[image]) {
        auto state = decoder->start(encoded);
        std::vector<std::int64_t> words = hypothesis.words;
        words.push_back(Vocabulary::kEnd);
        double on_blank = 0;
        std::int64_t previous = Vocabulary::kStart;
        for (const std::int64_t word : words) {
          models::Selection expected;
          expected.expected = torch::ones({1}, torch::kBool);
          const auto step = decoder->step(encoded, state, torch::full({1, 1}, previous, torch::kLong), expected);
          on_blank += at::log_softmax(step.logits[0][0], -1)[word].item<double>();
          state = step.state;
          previous = word;
        }
        CHECK(hypothesis.score == doctest::Approx(hypothesis.log_probability - 0.5 * on_blank).epsilon(1e-4));
      }
    }
    CHECK(changed);
  }
  auto options = with_beam(3);
  options.specificity = 0.5;
  CHECK_THROWS_WITH_AS(beam_search(*test::tiny_decoder(21), annotations, options), doctest::Contains("blank"), Error);
}

TEST_CASE("NaN weights are reported") {
  const auto decoder = test::tiny_decoder(13);
  set_output_bias(*decoder, 6, std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_WITH_AS(beam_search(*decoder, images(2, 13), with_beam(3)), doctest::Contains("overflow"), Error);
}

TEST_CASE("invalid search options are refused") {
  const auto decoder = test::tiny_decoder(14);
  const Tensor annotations = images(1, 14);
  CHECK_THROWS_WITH_AS(beam_search(*decoder, annotations, with_beam(0)), doctest::Contains("beam"), Error);
  CHECK_THROWS_WITH_AS(beam_search(*decoder, annotations, with_beam(-1)), doctest::Contains("-1"), Error);
  CHECK_THROWS_WITH_AS(beam_search(*decoder, annotations, with_beam(1001)), doctest::Contains("1001"), Error);
  auto options = with_beam(1);
  options.max_length = 0;
  CHECK_THROWS_WITH_AS(beam_search(*decoder, annotations, options), doctest::Contains("longest caption"), Error);
}

namespace {

std::shared_ptr<Decoder> hard_decoder(std::uint64_t seed) {
  test::DecoderPlan plan = test::tiny_plan();
  plan.options.attention.attention = "hard";
  auto decoder = test::tiny_decoder(seed, plan);
  set_output_bias(*decoder, Vocabulary::kEnd, -3);
  return decoder;
}

}  // namespace

TEST_CASE("hard attention: every beam keeps its own cells") {
  const auto decoder = hard_decoder(31);
  const Tensor annotations = images(3, 32);
  SearchOptions options = with_beam(4);
  options.max_length = 6;
  for (const auto cell : {models::CellChoice::kMedoid, models::CellChoice::kArgmax, models::CellChoice::kSample}) {
    options.cell = cell;
    const auto found = beam_search(*decoder, annotations, options);
    bool differ = false;
    for (std::int64_t i = 0; i < 3; ++i) {
      const auto& hypotheses = found[static_cast<std::size_t>(i)];
      for (const auto& hypothesis : hypotheses) {
        REQUIRE(hypothesis.cells.size() == hypothesis.words.size());
        check_hypothesis(*decoder, annotations.narrow(0, i, 1), hypothesis, options);
        if (hypothesis.cells != hypotheses.front().cells) differ = true;
      }
    }
    if (cell == models::CellChoice::kSample) CHECK(differ);
  }
}

TEST_CASE("hard attention: samples depend on the seed but not on other images") {
  const auto decoder = hard_decoder(33);
  const Tensor annotations = images(5, 34);
  SearchOptions options = with_beam(2);
  options.cell = models::CellChoice::kSample;
  const auto together = beam_search(*decoder, annotations, options);
  bool other = false;
  for (std::int64_t i = 0; i < 5; ++i) {
    const auto& found = together[static_cast<std::size_t>(i)].front();
    options.seed = 1;
    const auto alone = beam_search(*decoder, annotations.narrow(0, i, 1), options)[0].front();
    CHECK(alone.words == found.words);
    CHECK(alone.cells == found.cells);
    options.seed = 2;
    if (beam_search(*decoder, annotations.narrow(0, i, 1), options)[0].front().cells != found.cells) other = true;
  }
  CHECK(other);
}

TEST_CASE("hard attention: equal images with different streams get different samples") {
  const auto decoder = hard_decoder(33);
  const Tensor alike = images(1, 34).expand({12, -1, -1}).contiguous();
  SearchOptions options = with_beam(1);
  options.cell = models::CellChoice::kSample;
  options.min_length = 4;
  std::vector<std::uint64_t> streams(12);
  for (std::size_t i = 0; i < streams.size(); ++i) streams[i] = i / 2;
  const auto found = beam_search(*decoder, alike, options, streams);
  std::set<std::vector<int>> paths;
  for (std::size_t i = 0; i < 12; i += 2) {
    CHECK(found[i].front().cells == found[i + 1].front().cells);  // equal streams give equal paths
    paths.insert(found[i].front().cells);
  }
  CHECK(paths.size() > 3);
  CHECK_THROWS_WITH_AS(beam_search(*decoder, alike, options, {1, 2}), doctest::Contains("each of 12 images, not 2"),
                       Error);
  const auto names = models::random_streams(images(3, 34));
  CHECK(names == models::random_streams(images(3, 34)));
  CHECK(models::random_streams(images(3, 34).narrow(0, 1, 1)).front() == names[1]);
  CHECK(std::set<std::uint64_t>(names.begin(), names.end()).size() == 3);
}

TEST_CASE("hard attention with the weighted mean equals soft attention") {
  const auto hard = hard_decoder(35);
  auto soft_plan = test::tiny_plan();
  const auto soft = test::tiny_decoder(35, soft_plan);
  set_output_bias(*soft, Vocabulary::kEnd, -3);
  SearchOptions options = with_beam(3);
  options.cell = models::CellChoice::kExpected;
  const auto one = beam_search(*hard, images(2, 36), options), other = beam_search(*soft, images(2, 36), options);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(one[i][0].words == other[i][0].words);
    CHECK(one[i][0].log_probability == other[i][0].log_probability);
    CHECK(one[i][0].cells.empty());
  }
}

TEST_CASE("cell selections have names") {
  CHECK(models::cell_choices().at("sample") == models::CellChoice::kSample);
  CHECK_THROWS_WITH_AS(models::cell_choices().at("x"),
                       doctest::Contains("choose one of medoid, argmax, sample, expected"), Error);
}

TEST_CASE("there are never more captions than beams") {
  const auto decoder = test::tiny_decoder(3);
  torch::manual_seed(5);
  const Tensor annotations = torch::randn({6, 4, 6});
  for (const int beam : {1, 3, 10}) {
    models::SearchOptions options;
    options.beam = beam;
    test::set_output_bias(*decoder, Vocabulary::kEnd, 0.5F);
    for (const auto& hypotheses : models::beam_search(*decoder, annotations, options)) {
      CHECK(hypotheses.size() <= static_cast<std::size_t>(beam));
      CHECK(!hypotheses.empty());
    }
  }
}
