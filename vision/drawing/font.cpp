#include "vision/drawing/font.hpp"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>
#ifdef SACCADE_HAVE_FREETYPE
#include <opencv2/freetype.hpp>
#endif

#include "core/base/error.hpp"

namespace saccade::vision {
namespace fs = std::filesystem;

#ifdef SACCADE_HAVE_FREETYPE
struct Font::Outlines {
  cv::Ptr<cv::freetype::FreeType2> face = cv::freetype::createFreeType2();
};
#else
struct Font::Outlines {};
#endif

namespace {

/// Margin while drawing, because glyphs may exceed their reported width.
constexpr int kBleed = 8;

const cv::Scalar kBlack = cv::Scalar::all(0);
const cv::Scalar kWhite = cv::Scalar::all(255);

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> result;
  for (const char byte : text) {
    if (result.empty() || !continues_character(byte)) result.emplace_back();
    result.back() += byte;
  }
  return result;
}

/// Control characters would be drawn as boxes or break the line.
std::string printable(std::string text) {
  for (char& byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) byte = ' ';
  }
  return text;
}

std::string ascii(const std::string& text) {
  std::string result;
  for (const std::string& character : characters(text)) {
    result += character.size() == 1 && static_cast<unsigned char>(character[0]) < 0x80 ? character : "?";
  }
  return result;
}

cv::Mat cut_sides(const cv::Mat& canvas) {
  cv::Mat gray, ink;
  cv::cvtColor(canvas, gray, cv::COLOR_BGR2GRAY);
  cv::reduce(gray, ink, 0, cv::REDUCE_MIN);
  int left = 0, right = ink.cols;
  while (left < right && ink.at<unsigned char>(0, left) == 255) ++left;
  while (right > left && ink.at<unsigned char>(0, right - 1) == 255) --right;
  if (left == right) return canvas.colRange(0, 1).clone();  // only spaces
  return canvas.colRange(left, right).clone();
}

cv::Mat render_strokes(const std::string& text, int height) {
  // Draws at twice the size and averages, because strokes are aligned to pixels.
  constexpr int kFace = cv::FONT_HERSHEY_SIMPLEX;
  const double scale = cv::getFontScaleFromHeight(kFace, std::max(2, height * 3 / 2), 2);
  int below = 0;
  const cv::Size size = cv::getTextSize(text, kFace, scale, 2, &below);
  cv::Mat canvas(Font::line_height(height) * 2, size.width + 4 * kBleed, CV_8UC3, kWhite);
  cv::putText(canvas, text, {2 * kBleed, Font::ascent(height) * 2}, kFace, scale, kBlack, 2, cv::LINE_AA);
  cv::Mat halved;
  cv::resize(canvas, halved, {canvas.cols / 2, canvas.rows / 2}, 0, 0, cv::INTER_AREA);
  return halved;
}

}  // namespace

Font::Font() = default;
Font::~Font() = default;
Font::Font(Font&&) noexcept = default;
Font& Font::operator=(Font&&) noexcept = default;

Font::Font(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) throw Error("{}: there is no such font file", file.string());
#ifdef SACCADE_HAVE_FREETYPE
  outlines_ = std::make_unique<Outlines>();
  try {
    outlines_->face->loadFontData(file.string(), 0);
  } catch (const cv::Exception&) {
    throw Error("{}: not a font that can be read (TrueType or OpenType)", file.string());
  }
#endif
}

cv::Mat Font::render(const std::string& text, int height) const {
  const std::string line = printable(text);
#ifdef SACCADE_HAVE_FREETYPE
  if (outlines_) {
    int below = 0;
    const cv::Size size = line.empty() ? cv::Size() : outlines_->face->getTextSize(line, height, -1, &below);
    cv::Mat canvas(line_height(height), size.width + 2 * kBleed, CV_8UC3, kWhite);
    const cv::Point origin(kBleed, ascent(height));
    if (!line.empty()) outlines_->face->putText(canvas, line, origin, height, kBlack, -1, cv::LINE_AA, true);
    return cut_sides(canvas);
  }
#endif
  return cut_sides(render_strokes(ascii(line), height));
}

cv::Mat fit_text(const Font& font, const std::string& text, int width, int height, int least_height) {
  int size = height;
  cv::Mat whole = font.render(text, size);
  while (whole.cols > width && size > least_height) whole = font.render(text, --size);

  std::vector<cv::Mat> lines;
  if (whole.cols <= width) {
    lines.push_back(whole);
  } else {
    std::string line;
    for (const std::string& character : characters(text)) {
      if (!line.empty() && font.render(line + character, size).cols > width) {
        lines.push_back(font.render(line, size));
        line.clear();
      }
      line += character;
    }
    lines.push_back(font.render(line, size));
  }

  const int pitch = Font::line_height(height);
  cv::Mat block(pitch * static_cast<int>(lines.size()), width, CV_8UC3, kWhite);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int drawn = std::min(lines[i].cols, width);
    const int top = static_cast<int>(i) * pitch + Font::ascent(height) - Font::ascent(size);
    lines[i].colRange(0, drawn).copyTo(block(cv::Rect((width - drawn) / 2, top, drawn, lines[i].rows)));
  }
  return block;
}

}  // namespace saccade::vision
