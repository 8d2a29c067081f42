#include "vision/files/maker_mark.hpp"

#include <cstdint>
#include <fstream>
#include <zlib.h>

namespace saccade::vision {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::string_view kMark = "Saccade, image captioning with visual attention"sv;
constexpr std::string_view kSubject = "; subject "sv;  // followed by hexadecimal digits
constexpr std::size_t kSubjectDigits = 16;
constexpr std::size_t kPngHeader = 8 + 25;  // signature and first chunk
constexpr std::size_t kSearched = 4096;     // bytes at either end of a file

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::string little_endian(std::uint32_t value, std::size_t width = 4) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// A text chunk with the keyword Software.
std::string png_chunk(const std::string& mark) {
  const std::string typed = "tEXtSoftware\0"s + mark;
  const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(typed.data()), static_cast<uInt>(typed.size()));
  return big_endian(static_cast<std::uint32_t>(typed.size() - 4)) + typed + big_endian(static_cast<std::uint32_t>(sum));
}

/// A comment segment.
std::string jpeg_segment(const std::string& mark) {
  const auto length = static_cast<std::uint32_t>(mark.size() + 2);
  return "\xFF\xFE" + big_endian(length).substr(2) + mark;
}

std::string webp_chunk(const std::string& type, const std::string& data) {
  return type + little_endian(static_cast<std::uint32_t>(data.size())) + data + std::string(data.size() % 2, '\0');
}

/// An Exif chunk with the tag Software.
std::string exif_chunk(const std::string& mark) {
  const std::string text = mark + '\0';
  constexpr std::uint32_t kSoftware = 0x0131, kAscii = 2, kTextOffset = 26;
  return webp_chunk("EXIF", "II*\0"s + little_endian(8) + little_endian(1, 2) + little_endian(kSoftware, 2) +
                                little_endian(kAscii, 2) + little_endian(static_cast<std::uint32_t>(text.size())) +
                                little_endian(kTextOffset) + little_endian(0) + text);
}

/// A lossy WebP file in the extended format (RFC 9649, section 2.7) with an Exif chunk.
std::string marked_webp(std::string_view bytes, const std::string& mark) {
  constexpr std::size_t kChunks = 12, kSize = 26;  // offsets of the chunks and of the size in the frame header
  const auto side_at = [bytes](std::size_t offset) {
    return (static_cast<unsigned char>(bytes[offset]) | static_cast<unsigned char>(bytes[offset + 1]) << 8U) & 0x3FFFU;
  };
  constexpr std::uint32_t kHasExif = 0x08;
  const std::string header =
      little_endian(kHasExif) + little_endian(side_at(kSize) - 1, 3) + little_endian(side_at(kSize + 2) - 1, 3);
  const std::string chunks =
      "WEBP" + webp_chunk("VP8X", header) + std::string(bytes.substr(kChunks)) + exif_chunk(mark);
  return webp_chunk("RIFF", chunks);
}

bool starts_with(std::string_view bytes, std::string_view start) {
  return bytes.substr(0, start.size()) == start;
}

}  // namespace

std::string with_maker_mark(std::string_view bytes, const std::string& subject) {
  const std::string mark = std::string(kMark) + (subject.empty() ? "" : std::string(kSubject) + subject);
  constexpr std::size_t kWebpHeaders = 30;
  const bool lossy_webp =
      bytes.size() > kWebpHeaders && starts_with(bytes, "RIFF"sv) && bytes.substr(8, 8) == "WEBPVP8 "sv;
  if (lossy_webp) return marked_webp(bytes, mark);
  std::string marked(bytes);
  if (starts_with(bytes, "\x89PNG\r\n\x1A\n"sv) && bytes.size() > kPngHeader)
    marked.insert(kPngHeader, png_chunk(mark));
  if (starts_with(bytes, "\xFF\xD8"sv)) marked.insert(2, jpeg_segment(mark));
  return marked;
}

std::optional<std::string> maker_mark(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(file.tellg());
  for (const std::uint64_t offset : {std::uint64_t{0}, size > kSearched ? size - kSearched : 0}) {
    std::string part(kSearched, '\0');
    file.clear();
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    const std::size_t found = part.find(kMark);
    if (found == std::string::npos) continue;
    const std::string rest = part.substr(found + kMark.size(), kSubject.size() + kSubjectDigits);
    return starts_with(rest, kSubject) ? rest.substr(kSubject.size()) : std::string();
  }
  return std::nullopt;
}

}  // namespace saccade::vision
