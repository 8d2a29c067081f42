#pragma once

#include <cstddef>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"

namespace saccade::vision {

/// The weight at which colors saturate.
enum class Scale {
  caption,  ///< the largest weight of the caption; maps are comparable
  word,     ///< the largest weight of the word; every map uses all colors
};

/// Interpolates the attention weights of one word over a picture.
/// alpha: grid.cells() values, row-major. Returns floats of size `size`, from `min(alpha)` to `max(alpha)`. Weights are
/// centered on the receptive fields (tile centers shifted by grid.shift); border cells reach the edges.
///
/// `smooth` (0 to 1) is the share of the distance between cell centers that is interpolated: 0 gives sharp cells, 1 a
/// smooth surface (Catmull-Rom splines, clamped to the weights of the four surrounding cells). Throws Error for other
/// values.
cv::Mat heatmap(const float* alpha, const Grid& grid, cv::Size size, double smooth);

/// The weight at which colors saturate: the largest weight of the caption or of word `word`, but at least twice the
/// uniform weight, so that a uniform map stays pale.
float full_weight(const Caption& caption, std::size_t word, Scale scale);

}  // namespace saccade::vision
