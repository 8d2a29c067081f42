#include "vision/drawing/scan_path.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include <opencv2/imgproc.hpp>

#include "core/base/error.hpp"
#include "vision/drawing/fixations.hpp"
#include "vision/drawing/grid_layout.hpp"
#include "vision/drawing/overlay.hpp"

namespace saccade::vision {
namespace {

constexpr int kLeastRoom = 220;  // minimum text width in pixels
const cv::Scalar kWhite = cv::Scalar::all(255);
const cv::Scalar kDark = cv::Scalar::all(40);

/// Sizes in pixels.
struct Measures {
  explicit Measures(int side) : radius(std::max(13, side / 50)), text(std::max(16, side / 45)) {}
  int radius;  // of the disc of one word
  int text;    // of the words
  int margin() const { return radius + 4; }
};

cv::Size scaled(cv::Size photo, int side) {
  const double scale = static_cast<double>(std::max(1, side)) / std::max(photo.width, photo.height);
  return {std::max(1, static_cast<int>(std::lround(photo.width * scale))),
          std::max(1, static_cast<int>(std::lround(photo.height * scale)))};
}

/// Lightens and desaturates the photo.
cv::Mat faded(const cv::Mat& photo) {
  cv::Mat gray, result;
  cv::cvtColor(photo, gray, cv::COLOR_BGR2GRAY);
  cv::cvtColor(gray, gray, cv::COLOR_GRAY2BGR);
  cv::addWeighted(photo, 0.4, gray, 0.3, 0.3 * 255, result);
  return result;
}

/// Centers a number on a disc, smaller if it would be too wide.
void write_number(cv::Mat& page, const std::string& number, cv::Point center, int height, int width,
                  const cv::Vec3b& ground, const Font& font) {
  cv::Mat paper = font.render(number, height);
  while (paper.cols > width && height > 7) paper = font.render(number, --height);
  cv::Mat gray;
  cv::cvtColor(paper, gray, cv::COLOR_BGR2GRAY);
  const cv::Rect letters = cv::boundingRect(255 - gray);
  const cv::Point corner = center - cv::Point(letters.width / 2, letters.height / 2);
  const cv::Rect area = cv::Rect(corner, letters.size()) & cv::Rect({}, page.size());
  const int ink = 0.11 * ground[0] + 0.59 * ground[1] + 0.3 * ground[2] > 140 ? 0 : 255;
  for (int y = area.y; y < area.y + area.height; ++y) {
    for (int x = area.x; x < area.x + area.width; ++x) {
      const int share = gray.at<unsigned char>(letters.y + y - corner.y, letters.x + x - corner.x);
      auto& pixel = page.at<cv::Vec3b>(y, x);
      for (int channel = 0; channel < 3; ++channel) {
        pixel[channel] = static_cast<unsigned char>((share * ground[channel] + (255 - share) * ink) / 255);
      }
    }
  }
}

/// A disc with a white rim and a dark line around it.
void draw_disc(cv::Mat& page, cv::Point center, int radius, const cv::Vec3b& color) {
  cv::circle(page, center, radius, kDark, cv::FILLED, cv::LINE_AA);
  cv::circle(page, center, radius - 1, kWhite, cv::FILLED, cv::LINE_AA);
  cv::circle(page, center, radius - 1 - std::max(1, radius / 10), cv::Scalar(color), cv::FILLED, cv::LINE_AA);
}

/// A curve with a color gradient and a white outline. It bends to the right, so that it avoids discs and differs from
/// the way back, but stays within the photo.
void draw_saccade(cv::Mat& page, const cv::Rect& photo, cv::Point from, cv::Point to, const cv::Vec3b& first,
                  const cv::Vec3b& last, int thickness) {
  constexpr int kFraction = 4;  // fractional bits
  const cv::Point2d way = to - from, middle = (from + to) / 2;
  cv::Point2d aside;
  for (const double bend : {0.12, -0.12, 0.0}) {
    aside = {-way.y * bend, way.x * bend};
    if (photo.contains(middle + aside)) break;
  }
  const int pieces = std::max(2, static_cast<int>(cv::norm(way) / 8));
  std::vector<cv::Point> curve;
  for (int piece = 0; piece <= pieces; ++piece) {
    const double share = static_cast<double>(piece) / pieces;
    curve.emplace_back((cv::Point2d(from) + way * share + aside * (4 * share * (1 - share))) * (1 << kFraction));
  }
  cv::polylines(page, curve, false, kWhite, thickness + 4, cv::LINE_AA, kFraction);
  for (std::size_t piece = 1; piece < curve.size(); ++piece) {
    const double share = (static_cast<double>(piece) - 0.5) / pieces;
    cv::line(page, curve[piece - 1], curve[piece], cv::Scalar(first) * (1 - share) + cv::Scalar(last) * share,
             thickness, cv::LINE_AA, kFraction);
  }
}

/// A word after its number.
cv::Mat numbered(const std::string& word, std::size_t number, const cv::Vec3b& color, int width,
                 const Measures& measures, const Font& font) {
  const int height = measures.text, radius = height * 2 / 3, indent = 2 * radius + height / 3;
  cv::Mat text = font.render(word, height);
  if (indent + text.cols > width) text = fit_text(font, word, width - indent, height, 9);
  cv::Mat item(text.rows + height / 3, indent + text.cols, CV_8UC3, kWhite);
  text.copyTo(item(cv::Rect(indent, 1, text.cols, text.rows)));
  const cv::Point center(radius, 1 + Font::ascent(height) - height * 3 / 8);
  draw_disc(item, center, radius - 1, color);
  write_number(item, std::to_string(number), center, height * 2 / 3, radius * 3 / 2, color, font);
  return item;
}

/// The numbered caption on white, `width` pixels wide.
cv::Mat written(const Caption& caption, const std::vector<Fixation>& fixations, const cv::Mat& colors, int width,
                const Measures& measures, const Font& font) {
  std::vector<cv::Mat> items;
  std::vector<cv::Point> places;
  int x = 0, y = 0, tallest = 0;
  for (std::size_t i = 0; i < fixations.size(); ++i) {
    const auto& color = colors.at<cv::Vec3b>(0, static_cast<int>(i));
    for (std::size_t word = fixations[i].first; word <= fixations[i].last; ++word) {
      items.push_back(numbered(caption.words[word], word + 1, color, width, measures, font));
      if (x > 0 && x + items.back().cols > width) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      places.emplace_back(x, y);
      x += items.back().cols + measures.text;
      tallest = std::max(tallest, items.back().rows);
    }
  }
  cv::Mat block(y + tallest, width, CV_8UC3, kWhite);
  for (std::size_t i = 0; i < items.size(); ++i) items[i].copyTo(block(cv::Rect(places[i], items[i].size())));
  return block;
}

/// Draws translucent saccades, then the discs, with the first on top.
void draw_path(cv::Mat& page, const cv::Rect& photo, const std::vector<Fixation>& fixations, const cv::Mat& colors,
               const Measures& measures, const Font& font) {
  const auto color = [&](std::size_t i) { return colors.at<cv::Vec3b>(0, static_cast<int>(i)); };
  cv::Mat lines = page.clone();
  for (std::size_t i = 1; i < fixations.size(); ++i) {
    draw_saccade(lines, photo, photo.tl() + fixations[i - 1].center, photo.tl() + fixations[i].center, color(i - 1),
                 color(i), std::max(2, measures.radius / 5));
  }
  cv::addWeighted(lines, 0.8, page, 0.2, 0, page);
  for (std::size_t i = fixations.size(); i-- > 0;) {
    const Fixation& fixation = fixations[i];
    draw_disc(page, photo.tl() + fixation.center, fixation.radius, color(i));
    write_number(page, fixation.label(), photo.tl() + fixation.center, measures.radius * 21 / 20,
                 fixation.radius * 3 / 2, color(i), font);
  }
}

}  // namespace

cv::Mat scan_path(const cv::Mat& photo, const Caption& caption, const Geometry& geometry,
                  const ScanPathOptions& options, const Font& font) {
  if (caption.cells.empty()) throw Error("a scan path needs a caption whose words each saw one cell");
  require_attention(caption);
  if (photo.size() != geometry.original) throw Error("the photo is not of the size that was captioned");

  const Measures measures(options.side);
  const int margin = measures.margin();
  const cv::Mat pale = faded(shrink_or_enlarge(photo, scaled(photo.size(), options.side)));
  const std::vector<Fixation> fixations = lay_out_fixations(caption, pale.size(), measures.radius);
  const cv::Mat colors = color_scale(static_cast<int>(fixations.size()));
  const int width = std::max(pale.cols, kLeastRoom);
  const cv::Mat words = written(caption, fixations, colors, width, measures, font);

  cv::Mat page(3 * margin + pale.rows + words.rows, 2 * margin + width, CV_8UC3, kWhite);
  const cv::Rect place({margin + (width - pale.cols) / 2, margin}, pale.size());
  pale.copyTo(page(place));
  words.copyTo(page(cv::Rect({margin, 2 * margin + pale.rows}, words.size())));
  draw_path(page, place, fixations, colors, measures, font);
  return page;
}

cv::Mat scan_paths(const cv::Mat& photo, const std::vector<Caption>& captions, const Geometry& geometry,
                   const ScanPathOptions& options, const Font& font) {
  if (captions.empty()) throw Error("a page of scan paths needs at least one caption");
  if (captions.size() == 1) return scan_path(photo, captions.front(), geometry, options, font);

  ScanPathOptions smaller = options;
  smaller.side = options.side * 2 / 3;
  std::vector<cv::Mat> pictures;
  cv::Size room;
  for (const Caption& caption : captions) {
    pictures.push_back(scan_path(photo, caption, geometry, smaller, font));
    room = {pictures.back().cols, std::max(room.height, pictures.back().rows)};
  }
  const int count = static_cast<int>(pictures.size());
  const int columns = options.columns > 0 ? std::min(options.columns, count) : choose_columns(count, room);
  cv::Mat page((count + columns - 1) / columns * room.height, columns * room.width, CV_8UC3, kWhite);
  for (int i = 0; i < count; ++i) {
    const cv::Mat& picture = pictures[static_cast<std::size_t>(i)];
    picture.copyTo(page(cv::Rect({i % columns * room.width, i / columns * room.height}, picture.size())));
  }
  return page;
}

}  // namespace saccade::vision
