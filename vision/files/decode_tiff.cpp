#include "vision/files/decode_tiff.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <tiffio.h>
#include <vector>

namespace saccade::vision {
namespace {

/// A file in memory for the callbacks of libtiff.
struct Memory {
  const std::string& bytes;
  std::uint64_t at = 0;
};

tmsize_t read_some(thandle_t handle, void* target, tmsize_t count) {
  auto& memory = *static_cast<Memory*>(handle);
  if (count < 0 || memory.at >= memory.bytes.size()) return 0;
  const std::size_t taken = std::min(static_cast<std::size_t>(count), memory.bytes.size() - memory.at);
  std::memcpy(target, memory.bytes.data() + memory.at, taken);
  memory.at += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t write_nothing(thandle_t /*handle*/, void* /*source*/, tmsize_t /*count*/) {
  return 0;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(handle);
  const std::uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory.at : memory.bytes.size();
  return memory.at = base + offset;
}

int close_nothing(thandle_t /*handle*/) {
  return 0;
}

toff_t size_of(thandle_t handle) {
  return static_cast<Memory*>(handle)->bytes.size();
}

/// Layout of the pixels in the file.
struct Layout {
  std::uint32_t width = 0, height = 0, tile_width = 0, tile_height = 0;
  std::uint16_t bits = 8, samples = 4, planes = PLANARCONFIG_CONTIG;
  bool tiled = false;
};

/// Copies decoded samples into the channels of the image from `channel` on. Samples of 16 bits are scaled to 8. Values
/// are inverted, because 255 is full ink in TIFF.
void copy_samples(const std::vector<std::uint8_t>& data, cv::Mat& image, const Layout& layout, cv::Rect place,
                  int samples, int channel) {
  const bool wide = layout.bits == 16;
  const auto row_bytes = static_cast<std::size_t>(layout.tiled ? layout.tile_width : layout.width) *
                         static_cast<std::size_t>(samples) * (wide ? 2 : 1);
  for (int row = 0; row < place.height; ++row) {
    const std::uint8_t* const source = data.data() + static_cast<std::size_t>(row) * row_bytes;
    auto* const target = image.ptr<cv::Vec4b>(place.y + row) + place.x;
    for (int column = 0; column < place.width; ++column) {
      for (int k = 0; k < std::min(samples, 4); ++k) {
        const std::size_t at =
            static_cast<std::size_t>(column) * static_cast<std::size_t>(samples) + static_cast<std::size_t>(k);
        std::uint16_t value = 0;
        if (wide) {
          std::memcpy(&value, source + 2 * at, 2);  // libtiff converts to native byte order
          value /= 257;
        } else {
          value = source[at];
        }
        target[column][channel + k] = static_cast<unsigned char>(255 - value);
      }
    }
  }
}

bool read_pieces(TIFF* file, const Layout& layout, cv::Mat& image) {
  const bool separate = layout.planes == PLANARCONFIG_SEPARATE;
  const std::uint32_t width = layout.tiled ? layout.tile_width : layout.width;
  const std::uint32_t height = layout.tile_height;
  const tmsize_t size = layout.tiled ? TIFFTileSize(file) : TIFFStripSize(file);
  const std::uint64_t samples = separate ? 1 : layout.samples;
  if (width == 0 || height == 0 || size <= 0) return false;
  if (static_cast<std::uint64_t>(size) < samples * width * std::min(height, layout.height) * (layout.bits / 8U))
    return false;
  std::vector<std::uint8_t> data(static_cast<std::size_t>(size));
  for (std::uint16_t plane = 0; plane < (separate ? 4 : 1); ++plane) {
    for (std::uint32_t top = 0; top < layout.height; top += height) {
      for (std::uint32_t left = 0; left < layout.width; left += width) {
        const tmsize_t got =
            layout.tiled ? TIFFReadEncodedTile(file, TIFFComputeTile(file, left, top, 0, plane), data.data(), size)
                         : TIFFReadEncodedStrip(file, TIFFComputeStrip(file, top, plane), data.data(), size);
        if (got < 0) return false;
        const cv::Rect place(static_cast<int>(left), static_cast<int>(top),
                             static_cast<int>(std::min(width, layout.width - left)),
                             static_cast<int>(std::min(height, layout.height - top)));
        copy_samples(data, image, layout, place, static_cast<int>(samples), plane);
      }
    }
  }
  return true;
}

}  // namespace

cv::Mat decode_cmyk_tiff(const std::string& bytes) {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  Memory memory{bytes};
  const std::unique_ptr<TIFF, void (*)(TIFF*)> file(TIFFClientOpen("picture", "rm", &memory, read_some, write_nothing,
                                                                   seek, close_nothing, size_of, nullptr, nullptr),
                                                    TIFFClose);
  if (!file) return {};
  Layout layout;
  TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &layout.width);
  TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &layout.height);
  TIFFGetFieldDefaulted(file.get(), TIFFTAG_BITSPERSAMPLE, &layout.bits);
  TIFFGetFieldDefaulted(file.get(), TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
  TIFFGetFieldDefaulted(file.get(), TIFFTAG_PLANARCONFIG, &layout.planes);
  layout.tiled = TIFFIsTiled(file.get()) != 0;
  if (layout.tiled) {
    TIFFGetField(file.get(), TIFFTAG_TILEWIDTH, &layout.tile_width);
    TIFFGetField(file.get(), TIFFTAG_TILELENGTH, &layout.tile_height);
  } else {
    TIFFGetFieldDefaulted(file.get(), TIFFTAG_ROWSPERSTRIP, &layout.tile_height);
    layout.tile_height = std::min(layout.tile_height, layout.height);
  }
  if (layout.samples < 4 || (layout.bits != 8 && layout.bits != 16)) return {};
  cv::Mat image(static_cast<int>(layout.height), static_cast<int>(layout.width), CV_8UC4, cv::Scalar::all(255));
  return read_pieces(file.get(), layout, image) ? image : cv::Mat();
}

}  // namespace saccade::vision
