#pragma once

#include <cstddef>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"
#include "vision/drawing/heatmap.hpp"
#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// How attention maps are drawn over a photo.
struct OverlayOptions {
  Scale scale = Scale::caption;
  double smooth = 1;      ///< see heatmap(); 0 draws the cells
  double opacity = 0.75;  ///< opacity of the strongest color
};

/// Draws a map of weights from heatmap() over a photo of the same size (8-bit BGR). Desaturates the photo and tints
/// each pixel in proportion to its weight relative to `full`.
cv::Mat lay_over(const cv::Mat& photo, const cv::Mat& weights, float full, const OverlayOptions& options);

/// Draws the attention of word `word` over a photo of any size, and frames the cell that it read, if any. Requires a
/// consistent caption; see require_attention().
cv::Mat lay_word_over(const cv::Mat& photo, const Caption& caption, std::size_t word, const OverlayOptions& options);

/// The photo at full size with the attention of word `word`; frames the cell that the word read, if any. Throws Error
/// if the word does not exist, the caption is inconsistent, or the geometry belongs to another photo.
cv::Mat word_overlay(const cv::Mat& photo, const Caption& caption, std::size_t word, const Geometry& geometry,
                     const OverlayOptions& options);

/// Colors from zero to full weight (inferno, perceptually uniform and color-blind safe): 1 x `length`, 8-bit BGR.
cv::Mat color_scale(int length);

/// Throws Error unless the caption has grid.cells() weights per word and either no cells or one cell per word.
void require_attention(const Caption& caption);

}  // namespace saccade::vision
