#pragma once

#include <cstddef>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"

namespace saccade::vision {

/// What the strongest color of a map stands for.
enum class Scale {
  caption,  ///< the largest weight of the whole caption: maps compare, and a flat one looks flat
  word,     ///< the largest weight of the word: every map uses all the colors
};

/// The attention weights of one word, `alpha` (grid.cells() values, row-major), spread over a picture of `size`: a
/// float for every pixel, from `min(alpha)` to `max(alpha)`. The weight of a cell stands where the center of what
/// it sees is (the middle of its tile, moved by grid.shift); cells at the border reach to the border.
///
/// `smooth` from 0 to 1 is the share of the way between two cells' centers that is spent passing from one weight to
/// the other: 0 gives cells with sharp borders, 1 a smooth surface (Catmull-Rom splines, held between the weights of
/// the four cells around a pixel, so that no pixel shows a weight that no cell has). Throws Error for other values.
cv::Mat heatmap(const float* alpha, const Grid& grid, cv::Size size, double smooth);

/// The weight that the strongest color stands for: the largest of the caption or of word `word`, but never less than
/// twice the weight of a model that looks everywhere alike, so that such a map does not glow.
float full_weight(const Caption& caption, std::size_t word, Scale scale);

}  // namespace saccade::vision
