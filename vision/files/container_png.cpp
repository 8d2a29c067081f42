#include "vision/files/byte_reader.hpp"
#include "vision/files/container.hpp"
#include "vision/files/exif.hpp"

namespace saccade::vision {
namespace {

using namespace std::string_view_literals;
constexpr auto kPng = Container::Format::png;

}  // namespace

// PNG specification, section 5: a signature, then chunks of length, type, data and checksum up to IEND. The checksums
// are the decoder's to verify.
Container inspect_png(std::string_view bytes, const std::string& name) {
  const ByteReader reader(bytes, ByteReader::Order::big);
  Container container;
  container.format = kPng;
  constexpr std::uint64_t kGrey = 0, kAlphaChannel = 4;
  std::uint64_t depth = 8, colour_type = kGrey;
  bool has_data = false;
  ExifBlocks exif;
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
      depth = *reader.integer(data + 8, 1);
      colour_type = *reader.integer(data + 9, 1);
      if (depth == 0 || depth > 16) throw_damaged(name, kPng);
      if ((colour_type & kAlphaChannel) != 0) container.alpha = Container::Alpha::straight;
    } else if (type == "tRNS"sv && colour_type == kGrey) {
      // Decoders widen the levels of 1, 2 and 4 bits to 8.
      const std::uint64_t widest = (std::uint64_t{1} << depth) - 1;
      const std::uint64_t level = reader.integer_or_zero(data, 2);
      container.transparent_grey = static_cast<unsigned>(depth < 8 ? level * 255 / widest : level);
    } else if (type == "tRNS"sv) {
      container.alpha = Container::Alpha::straight;
    } else if (type == "eXIf"sv) {
      exif.add(reader.bytes(data, *length));
    } else if (type == "IDAT"sv) {
      has_data = true;
    } else if (type == "IEND"sv) {
      break;
    }
    at = data + *length + 4;
  }
  if (!has_data || container.width == 0 || container.height == 0) throw_damaged(name, kPng);
  container.orientation = exif.orientation();
  return container;
}

}  // namespace saccade::vision
