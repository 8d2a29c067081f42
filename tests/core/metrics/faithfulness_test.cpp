#include "core/metrics/faithfulness.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <doctest/doctest.h>

// Uses a photo of a few cells and a captioner whose log p is a known function of the visible cells.

using namespace saccade;
using metrics::CellOrder;
using metrics::Visible;

namespace {

using Approx = doctest::Approx;
using Counts = std::vector<std::size_t>;

std::size_t of(CellOrder order) {
  return static_cast<std::size_t>(order);
}

/// The log p of each word is minus the sum of the effects of the hidden cells.
struct Captioner {
  std::vector<std::vector<double>> effects;  ///< by word and cell
  std::set<Visible> requested;
  std::size_t pictures = 0, calls = 0;

  metrics::CaptionReader reader() {
    return [this](const std::vector<Visible>& batch) {
      ++calls;
      std::vector<std::vector<double>> log_p;
      for (const Visible& visible : batch) {
        requested.insert(visible);
        ++pictures;
        auto& row = log_p.emplace_back();
        for (const auto& of_word : effects) {
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

TEST_CASE("distances are between centers of cells, including the shift of the grid") {
  const auto plain = metrics::distances({2, 2}, 1, 1);
  for (const double distance : plain) CHECK(distance == Approx(std::sqrt(0.5)));
  const auto shifted = metrics::distances({1, 3, 0.5}, 1, 1);
  REQUIRE(shifted.size() == 3);
  CHECK(shifted[0] == Approx(0));
  CHECK(shifted[2] == Approx(2));
}

TEST_CASE("a word that depends on one cell has exact areas for every order") {
  // A row of four cells. The word depends on the last one, and its map is right or wrong.
  const Grid grid{1, 4};
  const std::vector<float> right{0.1F, 0.1F, 0.2F, 0.6F}, wrong{0.6F, 0.2F, 0.1F, 0.1F};
  Captioner captioner{{{0, 0, 0, 8}}, {}, 0, 0};
  const auto found =
      metrics::measure_faithfulness(grid, {{0, right.data()}, {0, wrong.data()}}, captioner.reader(), {});
  REQUIRE(found.size() == 2);
  // Hidden first: 0, -8, -8, -8, -8 with area -(4 + 8 + 8 + 8) / 4. Hidden last: 0, 0, 0, 0, -8 with area -4 / 4.
  CHECK(found[0].deletion[of(CellOrder::kAlpha)] == Approx(-7));
  CHECK(found[1].deletion[of(CellOrder::kAlpha)] == Approx(-1));
  // Restored first: -8, 0, 0, 0, 0. Restored last: -8, -8, -8, -8, 0.
  CHECK(found[0].insertion[of(CellOrder::kAlpha)] == Approx(-1));
  CHECK(found[1].insertion[of(CellOrder::kAlpha)] == Approx(-7));
  for (const auto& word : found) {
    CHECK(word.deletion[of(CellOrder::kOracle)] == Approx(-7));
    CHECK(word.insertion[of(CellOrder::kOracle)] == Approx(-1));
    // By distance from the center at 2: cells 1 and 2, then 0 and 3. The last cell is last.
    CHECK(word.deletion[of(CellOrder::kCenter)] == Approx(-1));
    CHECK(word.insertion[of(CellOrder::kCenter)] == Approx(-7));
    // At position k of a random order, the areas are -(8 - 2 k - 1) and its mirror image.
    CHECK(word.deletion[of(CellOrder::kRandom)] + word.insertion[of(CellOrder::kRandom)] == Approx(-8));
    CHECK(word.from_center == Approx(1.5));
    CHECK(word.from_random == Approx((3 + 2 + 1 + 0) / 4.0));
  }
  CHECK(found[0].from_peak == 0);
  CHECK(found[1].from_peak == 3);
}

TEST_CASE("areas are relative to the log p for the complete photo") {
  const std::vector<float> alpha{0.5F, 0.3F, 0.2F};
  const auto reader =
      [](const std::vector<Visible>& pictures) {  // -5 for the complete photo, and -1 for each hidden cell
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

TEST_CASE("every occluded image is scored once") {
  const std::vector<float> alpha{0.1F, 0.2F, 0.3F, 0.1F, 0.1F, 0.2F};
  Captioner captioner{{{1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}}, {}, 0, 0};
  metrics::measure_faithfulness({2, 3}, {{0, alpha.data()}, {1, alpha.data()}}, captioner.reader(), {3, 1});
  CHECK(captioner.calls == 2);
  CHECK(captioner.pictures == captioner.requested.size());
  // Two cells per step: none, two, four or all cells are hidden. In addition, each cell is hidden alone.
  for (const Visible& visible : captioner.requested) {
    const auto seen = std::count(visible.begin(), visible.end(), true);
    CHECK((seen % 2 == 0 || seen == 5));
  }
  Captioner unused{{{1, 2}}, {}, 0, 0};
  CHECK(metrics::measure_faithfulness({1, 2}, {}, unused.reader()).empty());
  CHECK(unused.calls == 0);
}

TEST_CASE("the random order depends on the seed and is uniform") {
  // The word depends on the first of three cells. Depending on its position, the area is -5/6, -3/6 or -1/6.
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
  CHECK(chi_squared < 13.8);  // 2 degrees of freedom, p = 0.001
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
