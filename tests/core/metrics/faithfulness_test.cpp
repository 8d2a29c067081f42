#include "core/metrics/faithfulness.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <doctest/doctest.h>

// A photo of a few cells, and a captioner whose log p is a known function of which of them can be seen.

using namespace saccade;
using metrics::CellOrder;
using metrics::Visible;

namespace {

using Approx = doctest::Approx;
using Counts = std::vector<std::size_t>;

std::size_t of(CellOrder order) {
  return static_cast<std::size_t>(order);
}

/// log p of each word is 0 less what the cells that are grayed are worth to it.
struct Captioner {
  std::vector<std::vector<double>> worth;  ///< by word and cell
  std::set<Visible> asked;
  std::size_t pictures = 0, calls = 0;

  metrics::CaptionReader reader() {
    return [this](const std::vector<Visible>& asked_now) {
      ++calls;
      std::vector<std::vector<double>> log_p;
      for (const Visible& visible : asked_now) {
        asked.insert(visible);
        ++pictures;
        auto& row = log_p.emplace_back();
        for (const auto& of_word : worth) {
          double value = 0;
          for (std::size_t i = 0; i < of_word.size(); ++i) value -= visible[i] ? 0 : of_word[i];
          row.push_back(value);
        }
      }
      return log_p;
    };
  }
};

}  // namespace

TEST_CASE("the area under a curve is its mean minus the level") {
  CHECK(metrics::curve_area({0, 4}, {1, 3}, 0) == Approx(2));
  CHECK(metrics::curve_area({0, 1, 4}, {0, -4, -4}, 0) == Approx((-2 * 1 - 4 * 3) / 4.0));
  CHECK(metrics::curve_area({0, 1, 4}, {5, 5, 5}, 3) == Approx(2));
}

TEST_CASE("values are ordered from the highest, with stable ties") {
  CHECK(metrics::descending({1, 3, 2, 3}) == Counts{1, 3, 2, 0});
}

TEST_CASE("distances are between centers of cells, which a grid's shift moves") {
  const auto plain = metrics::distances({2, 2}, 1, 1);
  for (const double distance : plain) CHECK(distance == Approx(std::sqrt(0.5)));
  const auto shifted = metrics::distances({1, 3, 0.5}, 1, 1);
  REQUIRE(shifted.size() == 3);
  CHECK(shifted[0] == Approx(0));
  CHECK(shifted[2] == Approx(2));
}

TEST_CASE("a word that depends on one cell has exact areas for every order") {
  // A row of four cells; the word needs the last one, and its map is right or wrong.
  const Grid grid{1, 4};
  const std::vector<float> right{0.1F, 0.1F, 0.2F, 0.6F}, wrong{0.6F, 0.2F, 0.1F, 0.1F};
  Captioner captioner{{{0, 0, 0, 8}}, {}, 0, 0};
  const auto found =
      metrics::measure_faithfulness(grid, {{0, right.data()}, {0, wrong.data()}}, captioner.reader(), {});
  REQUIRE(found.size() == 2);
  // Grayed first: 0, -8, -8, -8, -8, of area -(4 + 8 + 8 + 8) / 4; grayed last: 0, 0, 0, 0, -8, of area -4 / 4.
  CHECK(found[0].deletion[of(CellOrder::kAlpha)] == Approx(-7));
  CHECK(found[1].deletion[of(CellOrder::kAlpha)] == Approx(-1));
  // Restored first: -8, 0, 0, 0, 0; restored last: -8, -8, -8, -8, 0.
  CHECK(found[0].insertion[of(CellOrder::kAlpha)] == Approx(-1));
  CHECK(found[1].insertion[of(CellOrder::kAlpha)] == Approx(-7));
  for (const auto& word : found) {
    CHECK(word.deletion[of(CellOrder::kOracle)] == Approx(-7));
    CHECK(word.insertion[of(CellOrder::kOracle)] == Approx(-1));
    // From the center at 2: cells 1 and 2, then 0 and 3, the last one last.
    CHECK(word.deletion[of(CellOrder::kCenter)] == Approx(-1));
    CHECK(word.insertion[of(CellOrder::kCenter)] == Approx(-7));
    // At place k of a random order: -(8 - 2 k - 1), and the two mirror each other.
    CHECK(word.deletion[of(CellOrder::kRandom)] + word.insertion[of(CellOrder::kRandom)] == Approx(-8));
    CHECK(word.from_center == Approx(1.5));
    CHECK(word.from_random == Approx((3 + 2 + 1 + 0) / 4.0));
  }
  CHECK(found[0].from_peak == 0);
  CHECK(found[1].from_peak == 3);
}

TEST_CASE("areas are relative to log p for the whole photo") {
  const std::vector<float> alpha{0.5F, 0.3F, 0.2F};
  const auto reader = [](const std::vector<Visible>& pictures) {  // -5 as a whole, -1 for each cell grayed
    std::vector<std::vector<double>> log_p;
    for (const Visible& visible : pictures) {
      double value = -5;
      for (const bool seen : visible) value -= seen ? 0 : 1;
      log_p.push_back({value});
    }
    return log_p;
  };
  const auto found = metrics::measure_faithfulness({1, 3}, {{0, alpha.data()}}, reader, {});
  for (std::size_t o = 0; o < metrics::kCellOrders; ++o) {
    CHECK(found[0].deletion[o] == Approx(-1.5));
    CHECK(found[0].insertion[o] == Approx(-1.5));
  }
}

TEST_CASE("every image is scored once") {
  const std::vector<float> alpha{0.1F, 0.2F, 0.3F, 0.1F, 0.1F, 0.2F};
  Captioner captioner{{{1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}}, {}, 0, 0};
  metrics::measure_faithfulness({2, 3}, {{0, alpha.data()}, {1, alpha.data()}}, captioner.reader(), {3, 1});
  CHECK(captioner.calls == 2);
  CHECK(captioner.pictures == captioner.asked.size());
  // Two cells a step: nothing, four cells and two cells grayed, and all; and each cell alone.
  for (const Visible& visible : captioner.asked) {
    const auto seen = std::count(visible.begin(), visible.end(), true);
    CHECK((seen % 2 == 0 || seen == 5));
  }
  Captioner unasked{{{1, 2}}, {}, 0, 0};
  CHECK(metrics::measure_faithfulness({1, 2}, {}, unasked.reader()).empty());
  CHECK(unasked.calls == 0);
}

TEST_CASE("the random order depends on the seed and is uniform") {
  // The word needs the first of three cells: by its place in the order the area is -5/6, -3/6 or -1/6.
  const std::vector<float> alpha{1, 0, 0};
  std::vector<int> times(3, 0);
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Captioner captioner{{{1, 0, 0}}, {}, 0, 0};
    const auto area = metrics::measure_faithfulness({1, 3}, {{0, alpha.data()}}, captioner.reader(), {10, seed})
                          .front()
                          .deletion[of(CellOrder::kRandom)];
    ++times[static_cast<std::size_t>(std::lround((area * -6 - 1) / 2))];
  }
  double chi_squared = 0;
  for (const int n : times) chi_squared += (n - 1000) * (n - 1000) / 1000.0;
  CHECK(chi_squared < 13.8);  // 2 degrees of freedom: 1 in 1000 beyond
}

TEST_CASE("a summary averages over words and resamples photos") {
  metrics::WordFaithfulness one, two;
  one.deletion = {-1, -2, -3, -4};
  one.from_peak = 2;
  two.insertion = {-3, 0, 0, 0};
  two.from_peak = 5;
  metrics::FaithfulnessSummary summary;
  summary.add_photo({one, one});
  summary.add_photo({});
  summary.add_photo({two});
  CHECK(summary.photos() == 3);
  CHECK(summary.words() == 3);
  const auto scores = summary.scores({});
  REQUIRE(scores.size() == 11);
  CHECK(scores[0].name == "deletion_alpha");
  CHECK(scores[0].score == Approx(-2.0 / 3));
  CHECK(scores[3].name == "deletion_oracle");
  CHECK(scores[3].score == Approx(-8.0 / 3));
  CHECK(scores[4].name == "insertion_alpha");
  CHECK(scores[4].score == Approx(-1));
  CHECK(scores[8].name == "from_peak");
  CHECK(scores[8].score == Approx(3));
  CHECK(scores[8].low == Approx(0));  // the photo without words three times
  CHECK(scores[8].high == Approx(5));
}
