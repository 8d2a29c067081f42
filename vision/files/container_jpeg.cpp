#include <cstring>
#include <map>

#include "core/base/error.hpp"
#include "vision/files/byte_reader.hpp"
#include "vision/files/container.hpp"
#include "vision/files/exif.hpp"

namespace saccade::vision {
namespace {

using namespace std::string_view_literals;
constexpr auto kJpeg = Container::Format::jpeg;

bool is_frame_header(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Whether a marker has no segment: TEM, restarts and start of image.
bool stands_alone(unsigned marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

/// Collects the ICC profile in the APP2 segments of a JPEG (ICC.1:2022, annex B.4): parts, each with its number and
/// their count.
class ProfileParts {
 public:
  void add(std::string_view segment) {
    constexpr std::string_view kIdentifier = "ICC_PROFILE\0"sv;
    if (segment.substr(0, kIdentifier.size()) != kIdentifier) return;
    if (segment.size() < kIdentifier.size() + 2) {
      damaged_ = true;
      return;
    }
    const auto number = static_cast<unsigned char>(segment[kIdentifier.size()]);
    const auto count = static_cast<unsigned char>(segment[kIdentifier.size() + 1]);
    damaged_ = damaged_ || number == 0 || number > count || (count_ != 0 && count != count_);
    count_ = count;
    damaged_ = !parts_.emplace(number, segment.substr(kIdentifier.size() + 2)).second || damaged_;
  }

  void put_into(ColorSpace& color) const {
    if (damaged_ || parts_.size() != count_) {
      color.problem = "is not whole";
      return;
    }
    for (const auto& [number, bytes] : parts_) color.icc += bytes;
  }

 private:
  std::map<unsigned, std::string_view> parts_;
  std::size_t count_ = 0;
  bool damaged_ = false;
};

}  // namespace

// ITU T.81, annex B. The first end-of-image marker outside a segment ends the image; markers of thumbnails are inside
// segments. In a scan, 0xFF is followed by 0, a restart marker or a fill byte, so the next other marker can be found
// without decoding.
Container inspect_jpeg(std::string_view bytes, const std::string& name) {
  const ByteReader reader(bytes, ByteReader::Order::big);
  Container container;
  container.format = kJpeg;
  container.scans = 0;
  ExifBlocks exif;
  ProfileParts profile;
  std::uint64_t at = 2;
  for (;;) {
    const void* mark = at < bytes.size() ? std::memchr(bytes.data() + at, 0xFF, bytes.size() - at) : nullptr;
    if (mark == nullptr) throw_truncated(name, kJpeg);
    at = static_cast<std::uint64_t>(static_cast<const char*>(mark) - bytes.data()) + 1;
    while (reader.matches(at, "\xFF"sv)) ++at;
    const auto marker = reader.integer(at, 1);
    if (!marker) throw_truncated(name, kJpeg);
    ++at;
    if (*marker == 0xD9) break;
    if (*marker == 0 || stands_alone(static_cast<unsigned>(*marker))) continue;

    const auto length = reader.integer(at, 2);
    if (!length || !reader.holds(at, *length)) throw_truncated(name, kJpeg);
    if (*length < 2) throw_damaged(name, kJpeg);
    if (is_frame_header(static_cast<unsigned>(*marker)) && container.width == 0) {
      const std::uint64_t precision = reader.integer_or_zero(at + 2, 1);
      if (precision == 12) throw Error("{}: a JPEG of 12 bits a sample cannot be read; only 8 bits can", name);
      if (precision != 8) throw_damaged(name, kJpeg);
      container.height = reader.integer_or_zero(at + 3, 2);
      container.width = reader.integer_or_zero(at + 5, 2);
      container.cmyk = reader.integer_or_zero(at + 7, 1) == 4;
    } else if (*marker == 0xE1 && container.scans == 0) {  // as in other readers, metadata ends at the first scan
      if (const auto payload = exif_payload(reader.bytes(at + 2, *length - 2))) exif.add(*payload);
    } else if (*marker == 0xE2 && container.scans == 0) {
      profile.add(reader.bytes(at + 2, *length - 2));
    }
    if (*marker == 0xDA) ++container.scans;
    at += *length;
  }
  if (container.scans == 0 || container.width == 0 || container.height == 0) throw_damaged(name, kJpeg);
  container.orientation = exif.orientation();
  profile.put_into(container.color);
  return container;
}

}  // namespace saccade::vision
