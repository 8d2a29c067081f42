#include "vision/files/maker_mark.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <zlib.h>

namespace saccade::vision {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kNote = "Software\0Saccade, image captioning with visual attention"sv;
constexpr std::size_t kPngHeader = 8 + 25;  // the signature, and the chunk that comes first in every PNG file
constexpr std::size_t kSearched = 4096;

std::string big(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

/// A chunk of text.
std::string png_note() {
  const std::string typed = "tEXt" + std::string(kNote);
  const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(typed.data()), static_cast<uInt>(typed.size()));
  return big(static_cast<std::uint32_t>(kNote.size())) + typed + big(static_cast<std::uint32_t>(sum));
}

/// A comment segment.
std::string jpeg_note() {
  const auto length = static_cast<std::uint32_t>(kNote.size() + 2);
  return "\xFF\xFE" + big(length).substr(2) + std::string(kNote);
}

}  // namespace

std::string with_maker_mark(std::string_view bytes) {
  std::string marked(bytes);
  if (bytes.substr(0, 8) == "\x89PNG\r\n\x1A\n"sv && bytes.size() > kPngHeader) marked.insert(kPngHeader, png_note());
  if (bytes.substr(0, 2) == "\xFF\xD8"sv) marked.insert(2, jpeg_note());
  return marked;
}

bool has_maker_mark(const std::filesystem::path& path) {
  std::array<char, kSearched> beginning{};
  std::ifstream file(path, std::ios::binary);
  file.read(beginning.data(), beginning.size());
  return std::string_view(beginning.data(), static_cast<std::size_t>(file.gcount())).find(kNote) !=
         std::string_view::npos;
}

}  // namespace saccade::vision
