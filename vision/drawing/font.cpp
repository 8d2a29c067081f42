#include "vision/drawing/font.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <mutex>
#include <raqm.h>
#include <utf8.h>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/text/unicode.hpp"
#include "vision/drawing/font_faces.hpp"

#include FT_OUTLINE_H

namespace saccade::vision {
namespace fs = std::filesystem;

struct Font::State {
  explicit State(const fs::path& file) : faces(file) {}
  std::mutex mutex;  // FreeType's faces have a size and a glyph at a time
  FontFaces faces;
};

namespace {

const cv::Scalar kWhite = cv::Scalar::all(255);

/// The code points of a text. Invalid bytes become U+FFFD; control characters, which would be drawn as boxes, become
/// spaces.
std::u32string code_points(const std::string& text) {
  std::u32string codes = decode(utf8::replace_invalid(text));
  std::replace_if(
      codes.begin(), codes.end(), [](char32_t code) { return code < 0x20 || code == 0x7F; }, U' ');
  return codes;
}

std::vector<std::string> characters(const std::string& text) {
  const std::u32string codes = code_points(text);
  std::vector<std::string> result;
  for (const auto& [first, last] : grapheme_clusters(codes)) {
    result.emplace_back();
    for (std::size_t i = first; i < last; ++i) append_utf8(result.back(), codes[i]);
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

/// A shaped glyph: its face and its position relative to the start of the baseline, in 1/64 pixels, upwards.
struct Glyph {
  FT_Face face;
  unsigned index;
  FT_Pos x, y;
};

struct Line {
  std::vector<Glyph> glyphs;
  FT_Pos left = 0, right = 0, top = 0, bottom = 0;  // of the ink and the advance
};

/// Orders a text by its directions and shapes it at a font size in pixels.
Line shape(const std::u32string& codes, const std::vector<FT_Face>& faces, int size) {
  static_assert(sizeof(char32_t) == sizeof(std::uint32_t));
  Line line;
  if (codes.empty()) return line;
  const std::unique_ptr<raqm_t, void (*)(raqm_t*)> layout(raqm_create(), raqm_destroy);
  if (!layout || !raqm_set_text(layout.get(), reinterpret_cast<const std::uint32_t*>(codes.data()), codes.size())) {
    return line;
  }
  for (std::size_t start = 0; start < codes.size();) {
    std::size_t end = start + 1;
    while (end < codes.size() && faces[end] == faces[start]) ++end;
    FT_Set_Pixel_Sizes(faces[start], 0, static_cast<FT_UInt>(size));
    raqm_set_freetype_face_range(layout.get(), faces[start], start, end - start);
    start = end;
  }
  if (!raqm_layout(layout.get())) return line;
  std::size_t count = 0;
  const raqm_glyph_t* const shaped = raqm_get_glyphs(layout.get(), &count);
  FT_Pos pen = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Glyph glyph{shaped[i].ftface, shaped[i].index, pen + shaped[i].x_offset, shaped[i].y_offset};
    pen += shaped[i].x_advance;
    line.right = std::max(line.right, pen);
    if (FT_Load_Glyph(glyph.face, glyph.index, FT_LOAD_DEFAULT | FT_LOAD_NO_BITMAP) != 0) continue;
    const FT_Glyph_Metrics& box = glyph.face->glyph->metrics;
    line.left = std::min(line.left, glyph.x + box.horiBearingX);
    line.right = std::max(line.right, glyph.x + box.horiBearingX + box.width);
    line.top = std::max(line.top, glyph.y + box.horiBearingY);
    line.bottom = std::min(line.bottom, glyph.y + box.horiBearingY - box.height);
    line.glyphs.push_back(glyph);
  }
  return line;
}

/// Darkens a canvas by the glyph in a face's slot, whose origin is a pixel of the canvas.
void blend(cv::Mat& canvas, const FT_GlyphSlot slot, cv::Point origin) {
  const FT_Bitmap& bitmap = slot->bitmap;
  for (int row = 0; row < static_cast<int>(bitmap.rows); ++row) {
    const int y = origin.y - slot->bitmap_top + row;
    if (y < 0 || y >= canvas.rows) continue;
    const unsigned char* const source = bitmap.buffer + static_cast<std::ptrdiff_t>(row) * bitmap.pitch;
    for (int column = 0; column < static_cast<int>(bitmap.width); ++column) {
      const int x = origin.x + slot->bitmap_left + column;
      if (x < 0 || x >= canvas.cols) continue;
      auto& pixel = canvas.at<cv::Vec3b>(y, x);
      pixel = cv::Vec3b::all(static_cast<unsigned char>(pixel[0] * (255 - source[column]) / 255));
    }
  }
}

}  // namespace

Font::~Font() = default;
Font::Font(Font&&) noexcept = default;
Font& Font::operator=(Font&&) noexcept = default;

Font::Font(const fs::path& file) : state_(std::make_unique<State>(file)) {}

std::u32string Font::missing() const {
  const std::lock_guard lock(state_->mutex);
  return state_->faces.missing();
}

cv::Mat Font::render(const std::string& text, int height) const {
  constexpr FT_Pos kPixel = 64;
  const std::u32string codes = code_points(text);
  const std::lock_guard lock(state_->mutex);
  const std::vector<FT_Face> faces = state_->faces.choose(codes);
  const FT_Pos above = (ascent(height) - 1) * kPixel, below = (line_height(height) - ascent(height) - 1) * kPixel;
  Line line = shape(codes, faces, height);
  for (int size = height - 1; size >= height / 2 && size > 0 && (line.top > above || -line.bottom > below); --size) {
    line = shape(codes, faces, size);
  }

  constexpr int kBleed = 8;  // outlines may exceed their metrics
  const int left = static_cast<int>(-line.left / kPixel) + kBleed;
  cv::Mat canvas(line_height(height), left + static_cast<int>(line.right / kPixel) + kBleed, CV_8UC3, kWhite);
  for (const Glyph& glyph : line.glyphs) {
    if (FT_Load_Glyph(glyph.face, glyph.index, FT_LOAD_DEFAULT | FT_LOAD_NO_BITMAP) != 0) continue;
    const FT_GlyphSlot slot = glyph.face->glyph;
    const FT_Pos x = left * kPixel + glyph.x;
    FT_Outline_Translate(&slot->outline, x % kPixel, 0);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0) continue;
    const auto rise = static_cast<int>(std::lround(static_cast<double>(glyph.y) / kPixel));
    blend(canvas, slot, {static_cast<int>(x / kPixel), ascent(height) - rise});
  }
  return cut_sides(canvas);
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
