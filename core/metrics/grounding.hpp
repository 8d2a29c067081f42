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

/// Points are rounded to the center of a pixel on a raster of this side. Box borders are accurate to one or two pixels,
/// and a shifted grid has centers on the edge of the photo.
constexpr int kPointRaster = 84;

/// How well the map of a word lies on the object that the word names.
///
/// A map is a set of weights alpha over the L cells of a grid. A cell covers the pixels nearest to its center,
/// ((column + 0.5 + shift) / columns, (row + 0.5 + shift) / rows) as fractions of the photo. U is the union of the
/// boxes of the object, and |.| an exact area as a fraction of the photo:
///
///     correctness = sum_i alpha_i |cell_i and U| / |cell_i|       (Liu, Mao, Sha and Yuille, AAAI 2017)
///     uniform     = |U|: the correctness of a uniform map
///     pointing    = 1 if the center of the cell with the largest weight is in U, else 0  (Zhang et al., ECCV 2016)
///     center      = 1 if the center of the photo is in U, else 0
struct WordGrounding {
  double correctness = 0, uniform = 0, pointing = 0, center = 0;
};

/// `alpha`: grid.cells() weights that sum to 1. Ties go to the first cell.
WordGrounding ground(const std::vector<Box>& boxes, const float* alpha, const Grid& grid);

/// Share of each cell that the union of the boxes covers: grid.cells() values from 0 to 1; 0 for cells without pixels.
std::vector<double> coverage(const std::vector<Box>& boxes, const Grid& grid);

/// A word with boxes, and the measures of its map.
struct GroundedWord {
  std::string word;
  WordGrounding measure;
};

/// Words of a generated caption that end a phrase with boxes in some reference. The intended object is unknown, so U
/// includes everything that the references call by this word.
std::vector<GroundedWord> ground_caption(const AnnotatedPhoto& photo, const Caption& caption);

/// The last words of phrases with boxes in a reference caption, tokenized like the model. `alpha`: one map of
/// grid.cells() weights per word.
std::vector<GroundedWord> ground_reference(const AnnotatedPhoto& photo, const AnnotatedCaption& caption,
                                           const float* alpha, const Grid& grid);

/// Means over `times` occurrences of a word.
struct GroundingRow {
  std::string word;
  std::size_t times = 0;
  WordGrounding mean;
};

/// Accumulates the words of photos.
class GroundingSummary {
 public:
  /// Adds the words of one photo, possibly none.
  void add_photo(const std::vector<GroundedWord>& words);

  std::size_t words() const;
  std::size_t photos() const { return photos_.size(); }

  /// "correctness", "uniform", "pointing" and "centre": means over all words (0 without words), with bootstrap
  /// intervals over photos. Throws Error like bootstrap.
  std::vector<Interval> scores(const BootstrapOptions& options) const;

  /// The `count` most frequent words; ties in alphabetical order.
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
