#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/grid.hpp"
#include "core/metrics/bootstrap.hpp"

namespace saccade::metrics {

/// Measures whether a word depends on the cells that its map shows. Cells of the photo are grayed in some order, and
/// log p of the word given the previous words is computed again. It falls fastest in the order of an accurate map.

/// For each of the L cells of a photo, whether it is visible; the others are grayed.
using Visible = std::vector<bool>;

/// Computes log p(y_t | y_<t) of each word of a caption for several variants of its photo: [variants][words].
using CaptionReader = std::function<std::vector<std::vector<double>>(const std::vector<Visible>& pictures)>;

/// Area under a curve over the fraction of grayed (or restored) cells from 0 to 1, by the trapezoidal rule, minus
/// `level`. `values` belong to `counts` cells, from 0 to all. If the values are log p and the level is log p for the
/// whole photo, the area is the mean change of log p in nats, usually negative.
double curve_area(const std::vector<std::size_t>& counts, const std::vector<double>& values, double level);

/// Cells in decreasing order of L values (stable).
std::vector<std::size_t> descending(const std::vector<double>& values);

/// Distance of each cell of a grid from a point (row, column), in cells. The center of cell (r, c) is at
/// (r + 1/2 + shift, c + 1/2 + shift), and the center of the photo at (rows / 2, columns / 2).
std::vector<double> distances(const Grid& grid, double row, double column);

/// Orders of the cells of a word.
enum class CellOrder {
  kAlpha,   ///< by the map of the word, largest weight first
  kRandom,  ///< random, one order per photo
  kCenter,  ///< from the center of the photo outward
  kOracle,  ///< by the decrease of log p(word) if only this cell is grayed, largest first
};
constexpr std::size_t kCellOrders = 4;
/// "alpha", "random", "centre", "oracle".
const std::array<std::string, kCellOrders>& cell_order_names();

/// Results for one word.
struct WordFaithfulness {
  /// Deletion (lower is better) and insertion (higher is better) by order: areas while cells are grayed, or restored in
  /// a gray photo (Petsiuk, Das and Saenko, BMVC 2018). log p(word) relative to the whole photo replaces the
  /// probability of a class.
  std::array<double, kCellOrders> deletion{}, insertion{};
  /// Distances, in cells, to the cell that lowers log p(word) most if only it is grayed: from the cell with the largest
  /// weight, from the center of the photo, and the mean over all cells (a random cell).
  double from_peak = 0, from_center = 0, from_random = 0;
};

/// A word of a caption and its map.
struct MappedWord {
  std::size_t place = 0;         ///< index of the word in the caption
  const float* alpha = nullptr;  ///< L values
};

struct FaithfulnessOptions {
  std::size_t steps = 10;  ///< number of steps in which cells are grayed, at most the number of cells
  std::uint64_t seed = 1;  ///< seed of the random order
};

/// Measures the words of a caption. Computes each variant of the photo once: the single cells in one call of the
/// reader, the curves of all words and orders in another.
std::vector<WordFaithfulness> measure_faithfulness(const Grid& grid, const std::vector<MappedWord>& words,
                                                   const CaptionReader& read, const FaithfulnessOptions& options = {});

/// Collects the results of words, photo by photo.
class FaithfulnessSummary {
 public:
  /// Adds all words of a photo, possibly none.
  void add_photo(const std::vector<WordFaithfulness>& words);

  std::size_t words() const;
  std::size_t photos() const { return photos_.size(); }

  /// Means over all words (0 without words) with bootstrap intervals over photos: "deletion_" and "insertion_" with the
  /// names of the orders, "from_peak", "from_centre" and "from_random". Throws Error as bootstrap does.
  std::vector<Interval> scores(const BootstrapOptions& options) const;

 private:
  struct Photo {
    double words = 0;
    std::vector<double> sums;  // by column of scores()
  };
  std::vector<Photo> photos_;
};

}  // namespace saccade::metrics
