#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/data/entities.hpp"
#include "core/metrics/bootstrap.hpp"
#include "core/text/caption.hpp"

namespace saccade::metrics {

/// Points are seen as pixels of a raster of so many to a side: a point stands for the center of the pixel that it lies
/// in. Boxes are drawn to a pixel or two, and a shifted grid has centers right on the photo's edge.
constexpr int kPointRaster = 84;

/// Does the map of a word lie on the thing that the word names?
///
/// A map is alpha over the L cells of a grid, and a cell stands for the pixels that are nearest to its center,
/// ((column + 0.5 + shift) / columns, (row + 0.5 + shift) / rows) as fractions of the photo. The thing is the union U
/// of boxes. With |.| an area, exact and as a fraction of the photo's:
///
///     correctness = sum_i alpha_i |cell_i and U| / |cell_i|       (Liu, Mao, Sha and Yuille, AAAI 2017)
///     uniform     = |U|: the correctness of a map that is alike on all pixels
///     pointing    = 1 where the center of the heaviest cell is in U, else 0  (the pointing game, Zhang et al., ECCV
///     2016) center      = 1 where the photo's center is in U, else 0
struct WordGrounding {
  double correctness = 0, uniform = 0, pointing = 0, center = 0;
};

/// `alpha` has grid.cells() values that sum to 1. Of equally heavy cells the first one counts.
WordGrounding ground(const std::vector<Box>& boxes, const float* alpha, const Grid& grid);

/// The part of each cell that the union of the boxes covers: grid.cells() values from 0 to 1; 0 for a cell that no
/// pixel is nearest to.
std::vector<double> coverage(const std::vector<Box>& boxes, const Grid& grid);

/// A word with boxes, and how its map lies to them.
struct GroundedWord {
  std::string word;
  WordGrounding measure;
};

/// The words of a generated caption that end a phrase with boxes in some caption of the photo. What they name is
/// guessed: everything that the photo's captions call so.
std::vector<GroundedWord> ground_caption(const AnnotatedPhoto& photo, const Caption& caption);

/// The last words of the phrases with boxes of a caption of the photo, in the words of a model: what they name is
/// known. `alpha` has a map of grid.cells() values for each word.
std::vector<GroundedWord> ground_reference(const AnnotatedPhoto& photo, const AnnotatedCaption& caption,
                                           const float* alpha, const Grid& grid);

/// The means over `times` words.
struct GroundingRow {
  std::string word;
  std::size_t times = 0;
  WordGrounding mean;
};

/// Gathers the words of photo after photo.
class GroundingSummary {
 public:
  /// All words of one photo, of which there may be none.
  void add_photo(const std::vector<GroundedWord>& words);

  std::size_t words() const;
  std::size_t photos() const { return photos_.size(); }

  /// "correctness", "uniform", "pointing" and "centre": means over all words (0 without any), and how sure they are by
  /// drawing photos. Throws Error as bootstrap does.
  std::vector<Interval> scores(const BootstrapOptions& options) const;

  /// The `count` commonest words; equally common ones in alphabetical order.
  std::vector<GroundingRow> commonest(std::size_t count) const;

 private:
  struct Sums {
    double words = 0;
    WordGrounding sum;
    void add(const WordGrounding& more, double times, double words_more);
    WordGrounding mean() const;
  };
  Sums total(const std::vector<std::uint32_t>& counts) const;

  std::vector<Sums> photos_;
  std::map<std::string, Sums> words_;
};

}  // namespace saccade::metrics
