#include "vision/files/decode_gif.hpp"

#include <algorithm>
#include <cstring>
#include <gif_lib.h>
#include <memory>
#include <vector>

namespace saccade::vision {
namespace {

int read_from(GifFileType* file, GifByteType* target, int count) {
  auto& rest = *static_cast<std::string_view*>(file->UserData);
  const std::size_t taken = std::min(rest.size(), static_cast<std::size_t>(std::max(count, 0)));
  std::memcpy(target, rest.data(), taken);
  rest.remove_prefix(taken);
  return static_cast<int>(taken);
}

struct Close {
  void operator()(GifFileType* file) const { DGifCloseFile(file, nullptr); }
};

/// Skips an extension. Stores the transparent color if the extension has one.
bool read_extension(GifFileType& file, int& transparent) {
  int code = 0;
  GifByteType* block = nullptr;
  if (DGifGetExtension(&file, &code, &block) == GIF_ERROR) return false;
  GraphicsControlBlock control{};
  if (code == GRAPHICS_EXT_FUNC_CODE && block != nullptr &&
      DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
    transparent = control.TransparentColor;
  }
  while (block != nullptr) {
    if (DGifGetExtensionNext(&file, &block) == GIF_ERROR) return false;
  }
  return true;
}

/// Image rows in the order of the file.
std::vector<int> rows_of(int height, bool interlaced) {
  struct Pass {
    int first, step;
  };
  std::vector<int> rows;
  const std::vector<Pass> passes =
      interlaced ? std::vector<Pass>{{0, 8}, {4, 8}, {2, 4}, {1, 2}} : std::vector<Pass>{{0, 1}};
  for (const Pass& pass : passes) {
    for (int row = pass.first; row < height; row += pass.step) rows.push_back(row);
  }
  return rows;
}

cv::Mat read_picture(GifFileType& file, int transparent) {
  if (DGifGetImageDesc(&file) == GIF_ERROR) return {};
  const GifImageDesc& picture = file.Image;
  const ColorMapObject* colors = picture.ColorMap != nullptr ? picture.ColorMap : file.SColorMap;
  const cv::Rect place(picture.Left, picture.Top, picture.Width, picture.Height);
  cv::Mat canvas(file.SHeight, file.SWidth, CV_8UC4, cv::Scalar::all(0));
  if (colors == nullptr || place.empty() || (place & cv::Rect({0, 0}, canvas.size())) != place) return {};
  std::vector<GifPixelType> line(static_cast<std::size_t>(place.width));
  for (const int row : rows_of(place.height, picture.Interlace)) {
    if (DGifGetLine(&file, line.data(), place.width) == GIF_ERROR) return {};
    auto* target = canvas.ptr<cv::Vec4b>(place.y + row) + place.x;
    for (const GifPixelType number : line) {
      if (number >= colors->ColorCount && number != transparent) return {};
      if (number != transparent) {
        const GifColorType& color = colors->Colors[number];
        *target = cv::Vec4b(color.Blue, color.Green, color.Red, 255);
      }
      ++target;
    }
  }
  return canvas;
}

}  // namespace

cv::Mat decode_gif(std::string_view bytes) {
  int problem = 0;
  const std::unique_ptr<GifFileType, Close> file(DGifOpen(&bytes, read_from, &problem));
  if (!file) return {};
  int transparent = NO_TRANSPARENT_COLOR;
  for (GifRecordType kind = UNDEFINED_RECORD_TYPE; DGifGetRecordType(file.get(), &kind) == GIF_OK;) {
    if (kind == IMAGE_DESC_RECORD_TYPE) return read_picture(*file, transparent);
    if (kind != EXTENSION_RECORD_TYPE || !read_extension(*file, transparent)) break;
  }
  return {};
}

}  // namespace saccade::vision
