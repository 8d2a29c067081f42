#include <cstdlib>

#include "vision/files/byte_reader.hpp"
#include "vision/files/container.hpp"

namespace saccade::vision {
namespace {

constexpr auto kBmp = Container::Format::bmp;

std::uint64_t magnitude(std::uint64_t value) {
  const auto number = static_cast<std::int32_t>(value);  // a negative height means rows from the top down
  return static_cast<std::uint64_t>(std::abs(static_cast<std::int64_t>(number)));
}

}  // namespace

// The fourth byte of 32-bit pixels may be alpha or unused, and is ignored.
Container inspect_bmp(std::string_view bytes, const std::string& name) {
  const ByteReader reader(bytes, ByteReader::Order::little);
  Container container;
  container.format = kBmp;
  const std::uint64_t header = *reader.integer(14, 4);
  if (!reader.holds(14, header)) throw_truncated(name, kBmp);
  const bool ancient = header < 36;  // OS/2: 16-bit sizes, no compression
  container.width = ancient ? *reader.integer(18, 2) : magnitude(*reader.integer(18, 4));
  container.height = ancient ? *reader.integer(20, 2) : magnitude(*reader.integer(22, 4));
  const std::uint64_t depth = *reader.integer(ancient ? 24 : 28, 2);
  const std::uint64_t compression = ancient ? 0 : *reader.integer(30, 4);
  if (container.width == 0 || container.height == 0 || depth == 0 || depth > 32) throw_damaged(name, kBmp);

  constexpr std::uint64_t kRunLength8 = 1, kRunLength4 = 2;
  const bool run_length = compression == kRunLength8 || compression == kRunLength4;
  const std::uint64_t row = (container.width * depth + 31) / 32 * 4;  // rows are padded to 4 bytes
  const std::uint64_t data = run_length ? *reader.integer(34, 4) : row * container.height;
  if (!reader.holds(*reader.integer(10, 4), data)) throw_truncated(name, kBmp);
  // BITMAPV5HEADER: type of the color space, and offset of the profile from the header.
  constexpr std::uint64_t kVersion5 = 124, kEmbedded = 0x4D424544;  // 'MBED'
  if (header == kVersion5 && *reader.integer(14 + 56, 4) == kEmbedded) {
    const std::uint64_t offset = 14 + *reader.integer(14 + 112, 4), length = *reader.integer(14 + 116, 4);
    container.color.icc = reader.bytes(offset, length);
    if (container.color.icc.empty()) container.color.problem = "is not whole";
  }
  return container;
}

}  // namespace saccade::vision
