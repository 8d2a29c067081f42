#include "core/base/error.hpp"
#include "vision/files/container.hpp"
#include "vision/files/exif.hpp"

namespace saccade::vision {
namespace {

constexpr auto kTiff = Container::Format::tiff;

enum Tag : unsigned {
  kWidth = 256,
  kHeight = 257,
  kBitsPerSample = 258,
  kPhotometric = 262,
  kStripOffsets = 273,
  kOrientation = 274,
  kSamplesPerPixel = 277,
  kStripBytes = 279,
  kTileOffsets = 324,
  kTileBytes = 325,
  kExtraSamples = 338,
  kSampleFormat = 339,
  kProfile = 34675,
};

std::uint64_t first_of(const TagDirectory& directory, Tag tag, std::uint64_t otherwise) {
  const auto values = directory.integers(tag);
  return values && !values->empty() ? values->front() : otherwise;
}

void require_samples_of(const TagDirectory& directory, const std::string& name) {
  constexpr std::uint64_t kUnsigned = 1;
  const std::uint64_t bits = first_of(directory, kBitsPerSample, 1);
  if (bits == 0 || bits > 64) throw_damaged(name, kTiff);
  if (bits > 16 || first_of(directory, kSampleFormat, kUnsigned) != kUnsigned) {
    throw Error("{}: a TIFF file of signed or floating-point samples, or of more than 16 bits, cannot be read", name);
  }
}

/// Alpha of the pixels that OpenCV decodes. It multiplies colors by a declared straight alpha at 8 bits, but not at 16.
/// OpenCV itself writes straight alpha as an undeclared fourth sample.
Container::Alpha alpha_of(const TagDirectory& directory, const std::string& name) {
  constexpr std::uint64_t kColors = 2;  // photometric interpretation: red, green, blue
  constexpr std::uint64_t kAssociated = 1, kUnassociated = 2;
  const std::uint64_t samples = first_of(directory, kSamplesPerPixel, 1);
  const std::uint64_t extra = first_of(directory, kExtraSamples, 0);
  const bool has_alpha = extra == kAssociated || extra == kUnassociated;
  if (samples == 2 && has_alpha) {
    throw Error("{}: a gray TIFF file with transparency cannot be read; convert it to PNG", name);
  }
  if (samples != 4 || first_of(directory, kPhotometric, 0) != kColors) return Container::Alpha::none;
  if (!directory.has(kExtraSamples)) return Container::Alpha::straight;
  if (!has_alpha) return Container::Alpha::none;
  const bool multiplied = extra == kAssociated || first_of(directory, kBitsPerSample, 8) == 8;
  return multiplied ? Container::Alpha::premultiplied : Container::Alpha::straight;
}

}  // namespace

// TIFF 6.0: the first directory has the offsets of the strips or tiles, which must all be inside the file. The
// orientation is 1 because OpenCV's decoder applies it, except for CMYK, which OpenCV does not decode here.
Container inspect_tiff(std::string_view bytes, const std::string& name) {
  const auto directory = TagDirectory::read(bytes);
  if (!directory || !directory->complete()) throw_truncated(name, kTiff);
  Container container;
  container.format = kTiff;
  container.width = first_of(*directory, kWidth, 0);
  container.height = first_of(*directory, kHeight, 0);
  if (container.width == 0 || container.height == 0) throw_damaged(name, kTiff);
  require_samples_of(*directory, name);

  const bool tiled = directory->has(kTileOffsets);
  const auto offsets = directory->integers(tiled ? kTileOffsets : kStripOffsets);
  const auto sizes = directory->integers(tiled ? kTileBytes : kStripBytes);
  if (!offsets || offsets->empty() || !sizes || sizes->size() != offsets->size()) throw_damaged(name, kTiff);
  const ByteReader reader(bytes, ByteReader::Order::little);
  for (std::size_t i = 0; i < offsets->size(); ++i) {
    if (!reader.holds((*offsets)[i], (*sizes)[i])) throw_truncated(name, kTiff);
  }
  container.alpha = alpha_of(*directory, name);
  container.color.icc = directory->raw(kProfile);
  constexpr std::uint64_t kSeparated = 5;
  const std::uint64_t bits = first_of(*directory, kBitsPerSample, 8);
  if (first_of(*directory, kPhotometric, 0) == kSeparated && first_of(*directory, kSamplesPerPixel, 1) >= 4 &&
      (bits == 8 || bits == 16) && !container.color.icc.empty()) {
    container.cmyk = true;
    const std::uint64_t orientation = first_of(*directory, kOrientation, 1);
    if (orientation >= 1 && orientation <= 8) container.orientation = static_cast<int>(orientation);
  }
  return container;
}

}  // namespace saccade::vision
