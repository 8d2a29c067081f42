#pragma once

#include <cstddef>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"
#include "vision/drawing/font.hpp"
#include "vision/drawing/overlay.hpp"
#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// A sheet of pictures: the photo first, then one tile a word, in reading order, with the word beneath. Where each word
/// saw one cell, its tile frames it.
struct SheetOptions {
  OverlayOptions overlay;
  int tile_side = 280;    ///< pixels of a tile's longer side for a photo of 4:3; other shapes get the same area
  int columns = 0;        ///< tiles a row; 0 chooses, for a sheet about as wide as a page of a talk
  bool color_bar = true;  ///< beneath the photo, the colors and the weights that they stand for
};

/// Where everything on a sheet goes; all rectangles in pixels of the sheet.
struct SheetLayout {
  cv::Size sheet;
  cv::Size tile;                   ///< of one picture: the photo's own shape
  std::vector<cv::Rect> pictures;  ///< the photo, then the words
  std::vector<cv::Rect> labels;    ///< the room beneath each, white all around
};

/// Lays out `tiles` pictures of a photo of size `photo`, with labels `label_height` high.
SheetLayout lay_out_sheet(cv::Size photo, std::size_t tiles, int label_height, const SheetOptions& options);

/// The size at which a photo stands on a sheet: its own shape, unless that is so thin that a side would vanish.
cv::Size tile_size(cv::Size photo, const SheetOptions& options);

/// Draws the sheet: 8-bit BGR on white. The work is done at the size of the tiles, whatever the size of the photo.
/// Throws Error when the caption's parts do not fit together, or when the geometry is another picture's.
cv::Mat contact_sheet(const cv::Mat& photo, const Caption& caption, const Geometry& geometry,
                      const SheetOptions& options, const Font& font);

}  // namespace saccade::vision
