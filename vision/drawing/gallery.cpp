#include "vision/drawing/gallery.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/base/error.hpp"
#include "vision/input/preprocessing.hpp"

namespace saccade::vision {
namespace {

constexpr int kColumn = 300;       // pixels
constexpr int kPhotoHeight = 225;  // at most
constexpr int kMargin = 20;
constexpr int kHeadingHeight = 17;
constexpr int kLineHeight = 13;
constexpr std::size_t kMostColumns = 4;
const cv::Scalar kWhite(255, 255, 255);

cv::Size fitted(cv::Size photo) {
  const double scale =
      std::min(static_cast<double>(kColumn) / photo.width, static_cast<double>(kPhotoHeight) / photo.height);
  return {std::max(1, static_cast<int>(std::lround(photo.width * scale))),
          std::max(1, static_cast<int>(std::lround(photo.height * scale)))};
}

/// Text beneath a photo: rendered lines, top to bottom.
std::vector<cv::Mat> rendered(const GalleryItem& item, const Font& font) {
  std::vector<cv::Mat> lines;
  for (const auto& line : wrap(font, item.heading, kColumn, kHeadingHeight)) {
    lines.push_back(font.render(line, kHeadingHeight));
  }
  for (const auto& text : item.lines) {
    for (const auto& line : wrap(font, text, kColumn, kLineHeight)) lines.push_back(font.render(line, kLineHeight));
  }
  return lines;
}

}  // namespace

std::vector<std::string> wrap(const Font& font, const std::string& text, int width, int height) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::string longer = lines.empty() ? word : lines.back() + " " + word;
    if (!lines.empty() && font.render(longer, height).cols <= width) {
      lines.back() = longer;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

cv::Mat gallery(const std::vector<GalleryItem>& items, const Font& font) {
  if (items.empty()) throw Error("a gallery needs at least one picture");
  std::vector<std::vector<cv::Mat>> texts;
  texts.reserve(items.size());
  for (const auto& item : items) texts.push_back(rendered(item, font));
  const std::size_t columns = std::min(kMostColumns, items.size());
  std::vector<int> row_tops{kMargin};
  for (std::size_t first = 0; first < items.size(); first += columns) {
    int tallest = 0;
    for (std::size_t i = first; i < std::min(first + columns, items.size()); ++i) {
      int height = 0;
      for (const auto& line : texts[i]) height += line.rows;
      tallest = std::max(tallest, height);
    }
    row_tops.push_back(row_tops.back() + kPhotoHeight + kMargin / 2 + tallest + kMargin);
  }

  cv::Mat page(row_tops.back(), static_cast<int>(columns) * (kColumn + kMargin) + kMargin, CV_8UC3, kWhite);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const int left = kMargin + static_cast<int>(i % columns) * (kColumn + kMargin);
    const int top = row_tops[i / columns];
    const cv::Mat small = resample(items[i].photo, fitted(items[i].photo.size()));
    small.copyTo(page(cv::Rect({left, top + kPhotoHeight - small.rows}, small.size())));
    int below = top + kPhotoHeight + kMargin / 2;
    for (const auto& line : texts[i]) {
      const int width = std::min(line.cols, kColumn);  // one endless word
      line(cv::Rect(0, 0, width, line.rows)).copyTo(page(cv::Rect(left, below, width, line.rows)));
      below += line.rows;
    }
  }
  return page;
}

}  // namespace saccade::vision
