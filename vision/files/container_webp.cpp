#include <algorithm>

#include "core/base/error.hpp"
#include "vision/files/byte_reader.hpp"
#include "vision/files/container.hpp"
#include "vision/files/exif.hpp"

namespace saccade::vision {
namespace {

using namespace std::string_view_literals;
constexpr auto kWebp = Container::Format::webp;

/// The size in the frame header of lossy data (RFC 6386, section 9.1).
void read_lossy_size(const ByteReader& reader, std::uint64_t data, Container& container) {
  container.width = reader.integer_or_zero(data + 6, 2) & 0x3FFF;
  container.height = reader.integer_or_zero(data + 8, 2) & 0x3FFF;
}

/// Size and alpha flag in the header of lossless data: a byte 0x2F, then 14 + 14 + 1 bits.
void read_lossless_size(const ByteReader& reader, std::uint64_t data, Container& container) {
  const std::uint64_t bits = reader.integer_or_zero(data + 1, 4);
  container.width = (bits & 0x3FFF) + 1;
  container.height = (bits >> 14 & 0x3FFF) + 1;
  if ((bits >> 28 & 1) != 0) container.alpha = Container::Alpha::straight;
}

/// Reads the frame in an ANMF chunk: its place on the canvas, then the chunks of a still picture.
Container::Frame read_frame(const ByteReader& reader, std::uint64_t data, std::uint64_t length, const Container& canvas,
                            const std::string& name) {
  constexpr std::uint64_t kHeader = 16;
  if (length < kHeader) throw_damaged(name, kWebp);
  Container::Frame frame;
  frame.left = *reader.integer(data, 3) * 2;
  frame.top = *reader.integer(data + 3, 3) * 2;
  frame.width = *reader.integer(data + 6, 3) + 1;
  frame.height = *reader.integer(data + 9, 3) + 1;
  frame.offset = data + kHeader;
  frame.length = length - kHeader;
  const bool outside = frame.left + frame.width > canvas.width || frame.top + frame.height > canvas.height;
  bool has_picture = false;
  for (std::uint64_t at = frame.offset; at + 8 <= data + length;) {
    const std::string_view type = reader.bytes(at, 4);
    const std::uint64_t size = *reader.integer(at + 4, 4);
    if (size > data + length - at - 8) throw_damaged(name, kWebp);
    Container picture;
    if (type == "ALPH"sv) frame.alpha = true;
    if (type == "VP8L"sv) read_lossless_size(reader, at + 8, picture);
    if (type == "VP8 "sv) read_lossy_size(reader, at + 8, picture);
    if (type == "VP8L"sv || type == "VP8 "sv) {
      frame.alpha = frame.alpha || picture.alpha != Container::Alpha::none;
      has_picture = picture.width == frame.width && picture.height == frame.height;
      break;
    }
    at += 8 + size + (size & 1);
  }
  if (outside || !has_picture) throw_damaged(name, kWebp);
  return frame;
}

}  // namespace

// RFC 9649: a RIFF file of chunks. The extended format (VP8X) has flags for alpha, Exif and animation. Of an
// animation, the first frame is read, on an empty canvas.
Container inspect_webp(std::string_view bytes, const std::string& name) {
  const ByteReader reader(bytes, ByteReader::Order::little);
  Container container;
  container.format = kWebp;
  const std::uint64_t end = *reader.integer(4, 4) + 8;
  if (end > reader.size()) throw_truncated(name, kWebp);
  ExifBlocks exif;
  bool extended = false;
  bool has_picture = false;
  for (std::uint64_t at = 12; at + 8 <= end;) {
    const std::string_view type = reader.bytes(at, 4);
    const auto length = reader.integer(at + 4, 4);
    const std::uint64_t data = at + 8;
    if (!length || data + *length > end) throw_damaged(name, kWebp);
    if (type == "VP8X"sv && *length >= 10) {
      const std::uint64_t flags = *reader.integer(data, 1);
      if ((flags & 0x10) != 0) container.alpha = Container::Alpha::straight;
      container.width = *reader.integer(data + 4, 3) + 1;
      container.height = *reader.integer(data + 7, 3) + 1;
      extended = true;
    } else if (type == "ANMF"sv && extended) {
      if (!container.frame) container.frame = read_frame(reader, data, *length, container, name);
      container.alpha = Container::Alpha::straight;
      has_picture = true;
    } else if (type == "VP8 "sv || type == "VP8L"sv) {
      Container frame = container;
      type == "VP8 "sv ? read_lossy_size(reader, data, frame) : read_lossless_size(reader, data, frame);
      if (extended && (frame.width != container.width || frame.height != container.height)) throw_damaged(name, kWebp);
      container = frame;
      has_picture = true;
    } else if (type == "ICCP"sv && container.color.icc.empty()) {
      container.color.icc = reader.bytes(data, *length);
    } else if (type == "EXIF"sv) {
      exif.add(reader.bytes(data, *length));
    }
    at = data + *length + (*length & 1);
  }
  if (!has_picture || container.width == 0 || container.height == 0) throw_damaged(name, kWebp);
  container.orientation = exif.orientation();
  return container;
}

}  // namespace saccade::vision
