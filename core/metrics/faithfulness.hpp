#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/metrics/bootstrap.hpp"
#include "core/text/caption.hpp"

namespace saccade::metrics {

/// Does a word depend on the cells that its map says it does? Cells of the photo are grayed in some order and log p of
/// the word, the words before it given, is read again: it should fall soonest where the map is right.

/// Which of the L cells of a photo can be seen; the others are grayed.
using Visible = std::vector<bool>;

/// log p(y_t | y_<t) of every word t of one caption for each of some pictures of its photo: [pictures][words].
using CaptionReader = std::function<std::vector<std::vector<double>>(const std::vector<Visible>& pictures)>;

/// The area under a curve over the fraction of the cells grayed (or restored), from 0 to 1, by the trapezoidal rule:
/// `values` at `counts` cells, the first 0 and the last all; less `level`. Where the values are log p and the level is
/// that of the whole photo, it is the mean over the fractions of what of log p is gone, in nats: 0 or below, mostly.
double curve_area(const std::vector<std::size_t>& counts, const std::vector<double>& values, double level);

/// Cells from the highest to the lowest of L values, equal ones in their order.
std::vector<std::size_t> descending(const std::vector<double>& values);

/// For each cell of a grid its distance from a point (row, column), in cells; the center of cell (r, c) is at
/// (r + 1/2 + shift, c + 1/2 + shift), that of the photo at (rows / 2, columns / 2).
std::vector<double> distances(const Grid& grid, double row, double column);

/// In which order the cells of a word are taken.
enum class CellOrder {
  kAlpha,   ///< by the word's map, the heaviest first
  kRandom,  ///< in an order drawn once a photo
  kCenter,  ///< from the center of the photo outwards
  kOracle,  ///< by what graying the cell alone takes from log p(word), the most first
};
constexpr std::size_t kCellOrders = 4;
/// "alpha", "random", "centre", "oracle".
const std::array<std::string, kCellOrders>& cell_order_names();

/// What was found of one word.
struct WordFaithfulness {
  /// By order: the area while cells are grayed (the lower the more faithful) and while they come back in an all gray
  /// photo (the higher the more faithful): deletion and insertion of Petsiuk, Das and Saenko, BMVC 2018, with
  /// log p(word) less that of the whole photo in the place of a class's probability.
  std::array<double, kCellOrders> deletion{}, insertion{};
  /// Distances, in cells, to the center of the cell whose graying alone lowers log p(word) most: from that of the
  /// heaviest cell, from the center of the photo, and the mean from all cells (that of a cell at random).
  double from_peak = 0, from_center = 0, from_random = 0;
};

/// A word of a caption and its map.
struct MappedWord {
  std::size_t place = 0;         ///< which of the caption's words
  const float* alpha = nullptr;  ///< L values
};

struct FaithfulnessOptions {
  std::size_t steps = 10;  ///< equal parts, to a cell, in which cells are grayed; no more than there are cells
  std::uint64_t seed = 1;  ///< of the random order
};

/// Reads the words of a caption under grayed photos, each different picture once. The single cells come in one call
/// of the reader, the curves of all words and orders in a second.
std::vector<WordFaithfulness> measure_faithfulness(const Grid& grid, const std::vector<MappedWord>& words,
                                                   const CaptionReader& read, const FaithfulnessOptions& options = {});

/// Gathers the words of photo after photo.
class FaithfulnessSummary {
 public:
  /// All words of one photo, of which there may be none.
  void add_photo(const std::vector<WordFaithfulness>& words);

  std::size_t words() const;
  std::size_t photos() const { return photos_.size(); }

  /// Means over all words (0 without any), and how sure they are by drawing photos: "deletion_" and "insertion_" with
  /// the names of the orders, "from_peak", "from_centre" and "from_random". Throws Error as bootstrap does.
  std::vector<Interval> scores(const BootstrapOptions& options) const;

 private:
  struct Photo {
    double words = 0;
    std::vector<double> sums;  // by column of scores()
  };
  std::vector<Photo> photos_;
};

}  // namespace saccade::metrics
