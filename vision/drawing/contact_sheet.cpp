#include "vision/drawing/contact_sheet.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "vision/drawing/grid_layout.hpp"

namespace saccade::vision {
namespace {

constexpr int kMargin = 20;
constexpr int kGap = 14;        // between tiles
constexpr int kLabelGap = 4;    // between a picture and its label
constexpr int kLeastRoom = 96;  // minimum label width in pixels
constexpr int kLeastText = 9;   // pixels; smaller text is illegible

const cv::Scalar kWhite = cv::Scalar::all(255);

int text_height(const SheetOptions& options) {
  return std::clamp(options.tile_side / 14, 12, 64);
}

int room_for(cv::Size tile) {
  return std::max(tile.width, kLeastRoom);
}

/// The colors over mid-gray, with the weights at both ends.
void draw_color_bar(cv::Mat label, const std::string& most, const OverlayOptions& options, const Font& font,
                    int height) {
  const cv::Mat low = font.render("0", height);
  const cv::Mat high = font.render(most, height);
  const int space = height / 2;
  const int width = std::min(label.cols, 15 * height) - low.cols - high.cols - 2 * space;
  if (width < 2 * height || label.rows < Font::line_height(height)) return;
  const int thickness = std::max(4, height * 2 / 3);
  const int left = (label.cols - width - low.cols - high.cols - 2 * space) / 2;
  low.copyTo(label(cv::Rect(left, 0, low.cols, low.rows)));

  cv::Mat ramp(thickness, width, CV_32F);
  for (int column = 0; column < width; ++column) {
    ramp.col(column).setTo(static_cast<double>(column) / (width - 1));
  }
  const cv::Mat paper(ramp.size(), CV_8UC3, cv::Scalar::all(200));
  const int top = Font::ascent(height) - thickness;
  const cv::Rect bar(left + low.cols + space, top, width, thickness);
  lay_over(paper, ramp, 1, options).copyTo(label(bar));
  high.copyTo(label(cv::Rect(bar.x + bar.width + space, 0, high.cols, high.rows)));
}

std::string most_of(const Caption& caption, const SheetOptions& options) {
  if (options.overlay.scale == Scale::word) return "max";
  return fmt::format("{:.2f}", full_weight(caption, 0, Scale::caption));
}

}  // namespace

cv::Size tile_size(cv::Size photo, const SheetOptions& options) {
  const double side = std::max(1, options.tile_side);
  const double area = side * side * 0.75;
  double scale = std::sqrt(area / (static_cast<double>(photo.width) * photo.height));
  constexpr double kLongest = 2.3;  // limit for panoramas, relative to tile_side
  scale = std::min(scale, side * kLongest / std::max(photo.width, photo.height));
  return {std::max(1, static_cast<int>(std::lround(photo.width * scale))),
          std::max(1, static_cast<int>(std::lround(photo.height * scale)))};
}

SheetLayout lay_out_sheet(cv::Size photo, std::size_t tiles, int label_height, const SheetOptions& options) {
  SheetLayout layout;
  layout.tile = tile_size(photo, options);
  const int room = room_for(layout.tile);
  const int cell_width = room + kGap;
  const int cell_height = layout.tile.height + kLabelGap + label_height + kGap;
  const int count = static_cast<int>(tiles);
  const int columns =
      options.columns > 0 ? std::min(options.columns, count) : choose_columns(count, {cell_width, cell_height});
  const int rows = (count + columns - 1) / columns;
  layout.sheet = {2 * kMargin + columns * cell_width - kGap, 2 * kMargin + rows * cell_height - kGap};
  for (int i = 0; i < count; ++i) {
    const int x = kMargin + i % columns * cell_width;
    const int y = kMargin + i / columns * cell_height;
    layout.pictures.emplace_back(x + (room - layout.tile.width) / 2, y, layout.tile.width, layout.tile.height);
    layout.labels.emplace_back(x, y + layout.tile.height + kLabelGap, room, label_height);
  }
  return layout;
}

cv::Mat contact_sheet(const cv::Mat& photo, const Caption& caption, const Geometry& geometry,
                      const SheetOptions& options, const Font& font) {
  require_attention(caption);
  if (photo.size() != geometry.original) throw Error("the photo is not of the size that was captioned");

  const cv::Size tile = tile_size(photo.size(), options);
  const int height = text_height(options);
  std::vector<cv::Mat> words;
  int label_height = Font::line_height(height);
  for (const std::string& word : caption.words) {
    words.push_back(fit_text(font, word, room_for(tile), height, kLeastText));
    label_height = std::max(label_height, words.back().rows);
  }

  const SheetLayout layout = lay_out_sheet(photo.size(), words.size() + 1, label_height, options);
  const cv::Mat small = shrink_or_enlarge(photo, tile);
  cv::Mat sheet(layout.sheet, CV_8UC3, kWhite);
  small.copyTo(sheet(layout.pictures[0]));
  if (options.color_bar && !words.empty()) {
    const int bar_text = std::max(kLeastText, height * 2 / 3);
    draw_color_bar(sheet(layout.labels[0]), most_of(caption, options), options.overlay, font, bar_text);
  }
  for (std::size_t word = 0; word < words.size(); ++word) {
    lay_word_over(small, caption, word, options.overlay).copyTo(sheet(layout.pictures[word + 1]));
    const cv::Rect& label = layout.labels[word + 1];
    words[word].copyTo(sheet(cv::Rect(label.tl(), words[word].size())));
  }
  return sheet;
}

}  // namespace saccade::vision
