#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <zlib.h>

#include "vision/files/byte_reader.hpp"
#include "vision/files/container.hpp"
#include "vision/files/exif.hpp"

namespace saccade::vision {
namespace {

using namespace std::string_view_literals;
constexpr auto kPng = Container::Format::png;

/// Decompresses zlib data. Returns nothing if it is damaged or larger than `most` bytes.
std::optional<std::string> inflate(std::string_view data, std::size_t most) {
  z_stream stream{};
  if (::inflateInit(&stream) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  std::string result;
  int status = Z_OK;
  char block[1 << 14];
  while (status == Z_OK && result.size() <= most) {
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    status = ::inflate(&stream, Z_NO_FLUSH);
    result.append(block, sizeof block - stream.avail_out);
  }
  ::inflateEnd(&stream);
  if (status != Z_STREAM_END || result.size() > most) return std::nullopt;
  return result;
}

/// The profile in an iCCP chunk: name, zero, method, compressed data.
void read_profile(std::string_view chunk, ColorSpace& color) {
  constexpr std::size_t kLargest = std::size_t{1} << 25;
  const std::size_t end = chunk.find('\0');
  if (end == std::string_view::npos || end + 2 > chunk.size()) {
    color.problem = "is not whole";
    return;
  }
  auto profile = inflate(chunk.substr(end + 2), kLargest);
  if (!profile || profile->empty()) {
    color.problem = "cannot be decompressed";
    return;
  }
  color.icc = std::move(*profile);
}

/// Color chunks of a PNG. Precedence: cICP, iCCP, sRGB, then cHRM and gAMA (PNG 3, section 4.3).
struct ColorChunks {
  std::optional<ColorSpace> code_points, profile;
  bool srgb = false;
  ColorSpace plain;  ///< of gAMA and cHRM

  void read(std::string_view type, const ByteReader& reader, std::uint64_t data, std::uint64_t length) {
    if (type == "cICP"sv && length == 4) {
      code_points = color_space_of_code_points(static_cast<unsigned>(*reader.integer(data, 1)),
                                               static_cast<unsigned>(*reader.integer(data + 1, 1)));
    } else if (type == "iCCP"sv && !profile) {
      read_profile(reader.bytes(data, length), profile.emplace());
    } else if (type == "sRGB"sv) {
      srgb = true;
    } else if (type == "gAMA"sv && length == 4) {
      const double exponent = 1e5 / std::max(1.0, static_cast<double>(*reader.integer(data, 4)));
      // As in libpng, a gamma within 5 % of 2.2 means the curve of sRGB. Implausible values are ignored.
      if (std::abs(exponent / 2.2 - 1) > 0.05 && exponent > 0.1 && exponent < 10) plain.gamma = exponent;
    } else if (type == "cHRM"sv && length == 32) {
      constexpr std::array<double, 8> kSrgb{0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
      std::array<double, 8> values{};
      bool other = false, sensible = true;
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = 1e-5 * static_cast<double>(*reader.integer(data + 4 * i, 4));
        other = other || std::abs(values[i] - kSrgb[i]) > 0.01;
        sensible = sensible && values[i] <= 1 && (i % 2 == 0 || values[i] > 0);
      }
      if (other && sensible) plain.chromaticities = values;
    }
  }

  ColorSpace color() const {
    if (code_points) return *code_points;
    if (profile && profile->problem.empty()) return *profile;
    if (srgb) return {};
    return profile.value_or(plain);
  }
};

}  // namespace

// PNG specification, section 5: a signature, then chunks of length, type, data and checksum up to IEND. The decoder
// verifies the checksums.
Container inspect_png(std::string_view bytes, const std::string& name) {
  const ByteReader reader(bytes, ByteReader::Order::big);
  Container container;
  container.format = kPng;
  constexpr std::uint64_t kAlphaChannel = 4;
  bool has_data = false;
  ExifBlocks exif;
  ColorChunks color;
  std::uint64_t at = 8;
  for (;;) {
    const auto length = reader.integer(at, 4);
    if (!length || !reader.holds(at, *length + 12)) throw_truncated(name, kPng);
    const std::string_view type = reader.bytes(at + 4, 4);
    const std::uint64_t data = at + 8;
    if (at == 8) {
      if (type != "IHDR"sv || *length != 13) throw_damaged(name, kPng);
      container.width = *reader.integer(data, 4);
      container.height = *reader.integer(data + 4, 4);
      if ((*reader.integer(data + 9, 1) & kAlphaChannel) != 0) container.alpha = Container::Alpha::straight;
    } else if (type == "tRNS"sv) {
      container.alpha = Container::Alpha::straight;
    } else if (type == "eXIf"sv) {
      exif.add(reader.bytes(data, *length));
    } else if (type == "IDAT"sv) {
      has_data = true;
    } else if (type == "IEND"sv) {
      break;
    } else {
      color.read(type, reader, data, *length);
    }
    at = data + *length + 4;
  }
  if (!has_data || container.width == 0 || container.height == 0) throw_damaged(name, kPng);
  container.orientation = exif.orientation();
  container.color = color.color();
  return container;
}

}  // namespace saccade::vision
