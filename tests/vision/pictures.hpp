#pragma once

#include <cstdint>
#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::test {

/// A picture without symmetry: a red, a green, a blue and a black corner (clockwise from the top left) on a background
/// that changes from pixel to pixel. Rotated, flipped, shifted and partially decoded pictures differ from it.
cv::Mat corner_picture(int width, int height);

/// Encodes a picture in memory. The extension (".png") determines the format.
std::string encode(const std::string& extension, const cv::Mat& image);

/// An EXIF block, from the byte order mark on, that contains only an orientation.
std::string exif_block(int orientation, bool big_endian);

/// Inserts an orientation into a file at the place where cameras and editors write it.
std::string jpeg_with_exif(const std::string& jpeg, int orientation, bool big_endian = false);
std::string png_with_exif(const std::string& png, int orientation);
std::string webp_with_exif(const std::string& webp, int orientation);

/// A PNG chunk: length, type, data, checksum.
std::string png_chunk(const std::string& type, const std::string& data);
/// A PNG file: signature, `chunks` and end.
std::string png_file(const std::string& chunks);
/// A zlib stream without compression of `rows`, each of which is a filter byte and pixels.
std::string stored_zlib(const std::string& rows);

/// An uncompressed TIFF file of an 8-bit BGR picture.
std::string tiff_file(const cv::Mat& image, int orientation);

/// A HEIC or AVIF file of an 8-bit BGR picture, lossless except for chroma subsampling. The boxes of the container
/// encode the given Exif orientation.
struct HeifOptions {
  bool avif = false;
  int orientation = 1;  ///< stored in the boxes irot and imir
  std::string exif;     ///< a block from its byte order mark on; none if empty
  std::string profile;  ///< ICC profile; none if empty
};
std::string heif_file(const cv::Mat& image, const HeifOptions& options = {});

/// The largest difference between two pictures, or -1 if their sizes or types differ.
double largest_difference(const cv::Mat& one, const cv::Mat& other);

/// Integers as bytes in little-endian or big-endian order.
std::string little(std::uint64_t value, int width);
std::string big(std::uint64_t value, int width);

/// A GIF of color indices (CV_8UC1) placed at (left, top) on a larger canvas. Color k has red k, green 255 - k and blue
/// k / 2.
struct GifOptions {
  int left = 0, top = 0;
  bool interlaced = false;
  int transparent = -1;  ///< the index that is transparent
};
std::string gif_file(const cv::Mat& numbers, const GifOptions& options = {});

/// The content of a file in tests/data/pictures.
std::string sample_file(const std::string& name);

}  // namespace saccade::test
