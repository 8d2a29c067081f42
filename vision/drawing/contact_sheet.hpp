#pragma once

#include <cstddef>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"
#include "vision/drawing/font.hpp"
#include "vision/drawing/overlay.hpp"
#include "vision/input/geometry.hpp"

namespace saccade::vision {

/// A contact sheet: the photo, then one tile per word in reading order with the word below. With hard attention, each
/// tile frames the cell that its word read.
struct SheetOptions {
  OverlayOptions overlay;
  int tile_side = 280;    ///< longer side of a tile for a 4:3 photo, in pixels; other shapes have the same area
  int columns = 0;        ///< tiles per row; 0: choose for a landscape page
  bool color_bar = true;  ///< draw a color bar below the photo
};

/// Layout of a sheet; all rectangles in pixels of the sheet.
struct SheetLayout {
  cv::Size sheet;
  cv::Size tile;                   ///< size of a picture, with the aspect ratio of the photo
  std::vector<cv::Rect> pictures;  ///< the photo, then the words
  std::vector<cv::Rect> labels;    ///< space for the label below each
};

/// Arranges `tiles` pictures of a photo of size `photo` with labels of height `label_height`.
SheetLayout lay_out_sheet(cv::Size photo, std::size_t tiles, int label_height, const SheetOptions& options);

/// Size of the photo on a sheet: its aspect ratio, limited for very narrow photos.
cv::Size tile_size(cv::Size photo, const SheetOptions& options);

/// Draws the sheet, 8-bit BGR on white, at tile resolution. Throws Error if the parts of the caption are inconsistent
/// or the geometry belongs to another photo.
cv::Mat contact_sheet(const cv::Mat& photo, const Caption& caption, const Geometry& geometry,
                      const SheetOptions& options, const Font& font);

}  // namespace saccade::vision
