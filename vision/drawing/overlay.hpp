#pragma once

#include <cstddef>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"
#include "vision/drawing/heatmap.hpp"
#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// How attention is laid over a photo.
struct OverlayOptions {
  Scale scale = Scale::caption;
  double smooth = 1;      ///< see heatmap(): 0 shows the cells themselves
  double opacity = 0.75;  ///< of the strongest color; the rest of the photo shines through
};

/// Lays a map of weights (as heatmap() gives) over a photo of the same size (8-bit BGR): the photo loses most of its
/// color, and every pixel is tinted the more, and in a hotter color, the nearer its weight is to `full`.
cv::Mat lay_over(const cv::Mat& photo, const cv::Mat& weights, float full, const OverlayOptions& options);

/// Lays the attention of word `word` over the photo at any size, and frames the cell that the word saw, if it saw one.
/// The caption's parts must fit together: see require_attention().
cv::Mat lay_word_over(const cv::Mat& photo, const Caption& caption, std::size_t word, const OverlayOptions& options);

/// The photo with the attention of word `word` of the caption over it, at the photo's own size; the cell that the word
/// saw is framed, if it saw one. Throws Error when the
/// caption has no such word or its parts do not fit together, or when the geometry is another picture's.
cv::Mat word_overlay(const cv::Mat& photo, const Caption& caption, std::size_t word, const Geometry& geometry,
                     const OverlayOptions& options);

/// The colors from no weight to full weight (inferno: as even to the eye as the weights are, and safe for the color
/// blind): 1 x `length`, 8-bit BGR.
cv::Mat color_scale(int length);

/// Throws Error unless the caption has grid.cells() weights a word and, for each word or for none, the cell that it
/// saw.
void require_attention(const Caption& caption);

}  // namespace saccade::vision
