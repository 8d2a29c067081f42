#include "tests/vision/pictures.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

#include <libheif/heif.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/atomic_file.hpp"

namespace saccade::test {
namespace {

using namespace std::string_literals;

std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::uint32_t adler32(const std::string& bytes) {
  std::uint32_t low = 1, high = 0;
  for (const char byte : bytes) {
    low = (low + static_cast<unsigned char>(byte)) % 65521;
    high = (high + low) % 65521;
  }
  return high << 16 | low;
}

}  // namespace

std::string little(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string big(std::uint64_t value, int width) {
  std::string bytes = little(value, width);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

cv::Mat corner_picture(int width, int height) {
  cv::Mat image(height, width, CV_8UC3);
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      image.at<cv::Vec3b>(row, column) = {static_cast<unsigned char>(90 + column % 60),
                                          static_cast<unsigned char>(80 + row % 60),
                                          static_cast<unsigned char>(100 + (row + column) % 60)};
    }
  }
  const int side = std::min(width, height) / 3;
  image(cv::Rect(0, 0, side, side)).setTo(cv::Scalar(0, 0, 255));
  image(cv::Rect(width - side, 0, side, side)).setTo(cv::Scalar(0, 255, 0));
  image(cv::Rect(width - side, height - side, side, side)).setTo(cv::Scalar(255, 0, 0));
  image(cv::Rect(0, height - side, side, side)).setTo(cv::Scalar(0, 0, 0));
  return image;
}

std::string encode(const std::string& extension, const cv::Mat& image) {
  std::vector<unsigned char> bytes;
  cv::imencode(extension, image, bytes, {cv::IMWRITE_JPEG_QUALITY, 98, cv::IMWRITE_WEBP_QUALITY, 101});
  return {bytes.begin(), bytes.end()};
}

std::string exif_block(int orientation, bool big_endian) {
  const auto number = [&](std::uint64_t value, int width) {
    return big_endian ? big(value, width) : little(value, width);
  };
  const std::uint64_t value = static_cast<std::uint64_t>(orientation);
  return (big_endian ? "MM"s : "II"s) + number(42, 2) + number(8, 4) + number(1, 2) + number(274, 2) + number(3, 2) +
         number(1, 4) + number(value, 2) + number(0, 2) + number(0, 4);
}

std::string jpeg_with_exif(const std::string& jpeg, int orientation, bool big_endian) {
  const std::string data = "Exif\0\0"s + exif_block(orientation, big_endian);
  return jpeg.substr(0, 2) + "\xFF\xE1"s + big(data.size() + 2, 2) + data + jpeg.substr(2);
}

std::string png_chunk(const std::string& type, const std::string& data) {
  return big(data.size(), 4) + type + data + big(crc32(type + data), 4);
}

std::string png_file(const std::string& chunks) {
  return "\x89PNG\r\n\x1A\n"s + chunks + png_chunk("IEND", "");
}

std::string stored_zlib(const std::string& rows) {
  return "\x78\x01\x01"s + little(rows.size(), 2) + little(~rows.size(), 2) + rows + big(adler32(rows), 4);
}

std::string png_with_exif(const std::string& png, int orientation) {
  constexpr std::size_t kHeader = 8 + 25;  // the signature and IHDR
  return png.substr(0, kHeader) + png_chunk("eXIf", exif_block(orientation, true)) + png.substr(kHeader);
}

std::string webp_with_exif(const std::string& webp, int orientation) {
  // The lossless data that OpenCV writes contains the size, which the extended header repeats.
  const auto* data = reinterpret_cast<const unsigned char*>(webp.data()) + 21;
  const std::uint32_t bits = data[0] | data[1] << 8 | data[2] << 16 | static_cast<std::uint32_t>(data[3]) << 24;
  const std::string header =
      "VP8X"s + little(10, 4) + little(8, 4) + little(bits & 0x3FFF, 3) + little(bits >> 14 & 0x3FFF, 3);
  const std::string block = exif_block(orientation, false);
  const std::string chunks = "WEBP"s + header + webp.substr(12) + "EXIF"s + little(block.size(), 4) + block;
  return "RIFF"s + little(chunks.size(), 4) + chunks;
}

std::string tiff_file(const cv::Mat& image, int orientation) {
  std::string pixels;
  for (int row = 0; row < image.rows; ++row) {
    for (int column = 0; column < image.cols; ++column) {
      const auto& pixel = image.at<cv::Vec3b>(row, column);
      for (const int channel : {2, 1, 0}) pixels += static_cast<char>(pixel[channel]);
    }
  }
  constexpr std::uint64_t kShort = 3, kLong = 4;
  const auto entry = [](std::uint64_t tag, std::uint64_t type, std::uint64_t count, std::uint64_t value) {
    return little(tag, 2) + little(type, 2) + little(count, 4) + little(value, 4);
  };
  const auto width = static_cast<std::uint64_t>(image.cols), height = static_cast<std::uint64_t>(image.rows);
  const std::uint64_t bits = 8 + pixels.size();  // three shorts between the pixels and the directory
  return "II*\0"s + little(bits + 6, 4) + pixels + little(8, 2) + little(8, 2) + little(8, 2) + little(10, 2) +
         entry(256, kLong, 1, width) + entry(257, kLong, 1, height) + entry(258, kShort, 3, bits) +
         entry(259, kShort, 1, 1) + entry(262, kShort, 1, 2) + entry(273, kLong, 1, 8) +
         entry(274, kShort, 1, static_cast<std::uint64_t>(orientation)) + entry(277, kShort, 1, 3) +
         entry(278, kLong, 1, height) + entry(279, kLong, 1, pixels.size()) + little(0, 4);
}

std::string heif_file(const cv::Mat& image, const HeifOptions& options) {
  const auto require = [](const heif_error& error) {
    if (error.code != heif_error_Ok) throw std::runtime_error(error.message);
  };
  const std::unique_ptr<heif_context, void (*)(heif_context*)> context(heif_context_alloc(), heif_context_free);
  heif_encoder* encoder = nullptr;
  require(heif_context_get_encoder_for_format(context.get(),
                                              options.avif ? heif_compression_AV1 : heif_compression_HEVC, &encoder));
  heif_encoder_set_lossy_quality(encoder, 100);
  heif_encoder_set_parameter_string(encoder, "chroma", "444");
  heif_image* pixels = nullptr;
  require(heif_image_create(image.cols, image.rows, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &pixels));
  require(heif_image_add_plane(pixels, heif_channel_interleaved, image.cols, image.rows, 8));
  int stride = 0;
  std::uint8_t* const plane = heif_image_get_plane(pixels, heif_channel_interleaved, &stride);
  const cv::Mat rgb(image.size(), CV_8UC3, plane, static_cast<std::size_t>(stride));
  cv::cvtColor(image, rgb, cv::COLOR_BGR2RGB);
  if (!options.profile.empty()) {
    require(heif_image_set_raw_color_profile(pixels, "prof", options.profile.data(), options.profile.size()));
  }
  heif_encoding_options* const encoding = heif_encoding_options_alloc();
  encoding->image_orientation = static_cast<heif_orientation>(options.orientation);
  heif_image_handle* handle = nullptr;
  require(heif_context_encode_image(context.get(), pixels, encoder, encoding, &handle));
  if (!options.exif.empty()) {
    require(heif_context_add_exif_metadata(context.get(), handle, options.exif.data(),
                                           static_cast<int>(options.exif.size())));
  }
  heif_image_handle_release(handle);
  heif_encoding_options_free(encoding);
  heif_image_release(pixels);
  heif_encoder_release(encoder);
  std::string file;
  heif_writer writer{};
  writer.writer_api_version = 1;
  writer.write = [](heif_context* /*context*/, const void* data, std::size_t size, void* target) {
    static_cast<std::string*>(target)->append(static_cast<const char*>(data), size);
    return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
  };
  require(heif_context_write(context.get(), &writer, &file));
  return file;
}

double largest_difference(const cv::Mat& one, const cv::Mat& other) {
  if (one.size() != other.size() || one.type() != other.type()) return -1;
  return cv::norm(one, other, cv::NORM_INF);
}

std::string gif_file(const cv::Mat& numbers, const GifOptions& options) {
  std::string file = "GIF89a" + little(static_cast<std::uint64_t>(numbers.cols + options.left), 2) +
                     little(static_cast<std::uint64_t>(numbers.rows + options.top), 2) + std::string("\xF7\0\0", 3);
  for (int k = 0; k < 256; ++k) {
    for (const int value : {k, 255 - k, k / 2}) file += static_cast<char>(value);
  }
  if (options.transparent >= 0) {
    file += std::string("\x21\xF9\x04\x01\0\0", 6) + static_cast<char>(options.transparent) + '\0';
  }
  file += ',' + little(static_cast<std::uint64_t>(options.left), 2) +
          little(static_cast<std::uint64_t>(options.top), 2) + little(static_cast<std::uint64_t>(numbers.cols), 2) +
          little(static_cast<std::uint64_t>(numbers.rows), 2) + (options.interlaced ? '\x40' : '\0') + '\x08';
  // All codes have nine bits and are literals. The table is cleared before codes would need ten bits.
  std::string data;
  std::uint32_t bits = 0;
  int held = 0, since_clear = 0;
  const auto put = [&](std::uint32_t code) {
    bits |= code << held;
    for (held += 9; held >= 8; held -= 8, bits >>= 8) data += static_cast<char>(bits & 0xFF);
  };
  put(256);
  const auto put_row = [&](int row) {
    for (int column = 0; column < numbers.cols; ++column) {
      if (++since_clear == 250) {
        put(256);
        since_clear = 1;
      }
      put(numbers.at<unsigned char>(row, column));
    }
  };
  const int passes[4][2] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
  for (const auto& [first, step] : passes) {
    for (int row = first; options.interlaced && row < numbers.rows; row += step) put_row(row);
  }
  for (int row = 0; !options.interlaced && row < numbers.rows; ++row) put_row(row);
  put(257);
  if (held > 0) data += static_cast<char>(bits & 0xFF);
  for (std::size_t at = 0; at < data.size(); at += 255) {
    const std::string block = data.substr(at, 255);
    file += static_cast<char>(block.size()) + block;
  }
  return file + '\0' + ';';
}

std::string sample_file(const std::string& name) {
  return read_file(std::filesystem::path(SACCADE_TEST_DATA) / "pictures" / name);
}

}  // namespace saccade::test
