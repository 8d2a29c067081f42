#include "vision/files/byte_reader.hpp"
#include "vision/files/container.hpp"

namespace saccade::vision {
namespace {

constexpr auto kGif = Container::Format::gif;

/// Size in bytes of the color table that a packed field describes.
std::uint64_t table_bytes(std::uint64_t packed) {
  return (packed & 0x80) == 0 ? 0 : 3ULL << ((packed & 7) + 1);
}

/// End of the sequence of data sub-blocks at `at`. Each starts with its length; the last one is empty.
std::uint64_t end_of_blocks(const ByteReader& reader, std::uint64_t at, const std::string& name) {
  while (true) {
    const auto length = reader.integer(at, 1);
    if (!length) throw_truncated(name, kGif);
    at += 1 + *length;
    if (*length == 0) return at;
  }
}

/// Concatenated data of the sub-blocks at `at`, up to the end of the file.
std::string joined_blocks(const ByteReader& reader, std::uint64_t at) {
  std::string data;
  for (auto length = reader.integer(at, 1); length && *length > 0; length = reader.integer(at, 1)) {
    data += reader.bytes(at + 1, *length);
    at += 1 + *length;
  }
  return data;
}

}  // namespace

// CompuServe's GIF89a specification. Only the first picture is decoded, but the file must be complete.
Container inspect_gif(std::string_view bytes, const std::string& name) {
  constexpr std::uint64_t kPicture = 0x2C, kExtension = 0x21, kTrailer = 0x3B;
  const ByteReader reader(bytes, ByteReader::Order::little);
  if (!reader.holds(0, 13)) throw_truncated(name, kGif);
  Container container;
  container.format = kGif;
  container.width = *reader.integer(6, 2);
  container.height = *reader.integer(8, 2);
  container.alpha = Container::Alpha::straight;  // the canvas outside the image is transparent
  if (container.width == 0 || container.height == 0) throw_damaged(name, kGif);
  bool has_picture = false;
  for (std::uint64_t at = 13 + table_bytes(*reader.integer(10, 1));;) {
    const auto kind = reader.integer(at, 1);
    if (!kind) throw_truncated(name, kGif);
    if (*kind == kPicture) {
      const auto packed = reader.integer(at + 9, 1);
      if (!packed) throw_truncated(name, kGif);
      const bool outside = *reader.integer(at + 1, 2) + *reader.integer(at + 5, 2) > container.width ||
                           *reader.integer(at + 3, 2) + *reader.integer(at + 7, 2) > container.height;
      if (outside) throw_damaged(name, kGif);
      at = end_of_blocks(reader, at + 10 + table_bytes(*packed) + 1, name);
      has_picture = true;
    } else if (*kind == kExtension) {
      constexpr std::string_view kProfile{"\xFF\x0BICCRGBG1012"};
      if (container.color.icc.empty() && reader.matches(at + 1, kProfile)) {
        container.color.icc = joined_blocks(reader, at + 1 + kProfile.size());
      }
      at = end_of_blocks(reader, at + 2, name);
    } else if (*kind == kTrailer && has_picture) {
      return container;
    } else {
      throw_damaged(name, kGif);
    }
  }
}

}  // namespace saccade::vision
