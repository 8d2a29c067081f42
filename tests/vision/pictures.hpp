#pragma once

#include <cstdint>
#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::test {

/// A picture without symmetry: a red, a green, a blue and a black corner (clockwise from the top left) on a background
/// that changes from pixel to pixel, so that a turned, flipped, shifted or half-decoded one is told from it.
cv::Mat corner_picture(int width, int height);

/// A picture's file in memory; the format by its extension (".png").
std::string encode(const std::string& extension, const cv::Mat& image);

/// A block of EXIF data (from the byte order mark on) that holds an orientation and nothing else.
std::string exif_block(int orientation, bool big_endian);

/// The files of the formats with the orientation put in, as cameras and editors put it.
std::string jpeg_with_exif(const std::string& jpeg, int orientation, bool big_endian = false);
std::string png_with_exif(const std::string& png, int orientation);
std::string webp_with_exif(const std::string& webp, int orientation);

/// A PNG chunk: length, type, data, checksum.
std::string png_chunk(const std::string& type, const std::string& data);
/// A PNG file of these chunks between its signature and its end.
std::string png_file(const std::string& chunks);
/// `width` x `height` rows as a zlib stream without compression; a row is its filter byte and its data.
std::string stored_zlib(const std::string& rows);

/// An uncompressed TIFF file of an 8-bit BGR picture.
std::string tiff_file(const cv::Mat& image, int orientation);

/// A HEIC (or AVIF) file of an 8-bit BGR picture, losslessly encoded but for chroma, whose container turns it as this
/// Exif orientation would.
struct HeifOptions {
  bool avif = false;
  int orientation = 1;  ///< by the boxes irot and imir
  std::string exif;     ///< a block from its byte order mark on; empty: none
  std::string profile;  ///< ICC; empty: none
};
std::string heif_file(const cv::Mat& image, const HeifOptions& options = {});

/// The largest difference between two pictures of one size and type; -1 when they are not.
double largest_difference(const cv::Mat& one, const cv::Mat& other);

/// Integers as bytes.
std::string little(std::uint64_t value, int width);
std::string big(std::uint64_t value, int width);

/// A GIF of numbers of colors, CV_8UC1, placed at (left, top) on a larger canvas. Color k is red k, green 255 - k,
/// blue k / 2.
struct GifOptions {
  int left = 0, top = 0;
  bool interlaced = false;
  int transparent = -1;  ///< a number that is none of a color
};
std::string gif_file(const cv::Mat& numbers, const GifOptions& options = {});

/// A file of tests/data/pictures.
std::string sample_file(const std::string& name);

}  // namespace saccade::test
