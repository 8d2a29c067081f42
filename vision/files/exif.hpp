#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vision/files/byte_reader.hpp"

namespace saccade::vision {

/// The first tag directory (IFD) of a TIFF or BigTIFF file, or of an Exif block, which has the same layout (TIFF 6.0,
/// section 2).
class TagDirectory {
 public:
  /// Returns nothing if the bytes have another layout or end before the directory does.
  static std::optional<TagDirectory> read(std::string_view bytes);

  /// The same, but a directory that is cut short keeps the entries that precede the cut.
  static std::optional<TagDirectory> read_cut(std::string_view bytes);

  /// The values of an integer tag. Returns nothing if the tag is absent or its values lie outside the bytes.
  std::optional<std::vector<std::uint64_t>> integers(unsigned tag) const;

  /// Whether the values of all entries lie inside the bytes.
  bool complete() const;

  bool has(unsigned tag) const;

  /// The bytes of a tag's values; empty if the tag is absent or its values lie outside the bytes.
  std::string_view raw(unsigned tag) const;

 private:
  struct Entry {
    unsigned tag;
    unsigned type;
    std::uint64_t count;
    std::uint64_t offset;  // of the values
  };

  explicit TagDirectory(ByteReader reader) : reader_(reader) {}

  static std::optional<TagDirectory> parse(std::string_view bytes, bool accept_cut);

  ByteReader reader_;
  std::vector<Entry> entries_;
};

/// The orientation tag, 1 to 8, of an Exif block that starts at its byte order mark. Returns nothing if the block has
/// no valid orientation. A block that is cut after the tag still has one; thumbnails (the second directory) have no
/// say.
std::optional<int> exif_orientation(std::string_view block);

/// If a JPEG APP1 segment holds Exif data, what follows the identifier. Accepts the malformed identifiers that exiftool
/// accepts: up to four bytes before it, any case, any byte after `Exif\0`.
std::optional<std::string_view> exif_payload(std::string_view segment);

/// Collects the Exif blocks of one file in order. A block may span several JPEG segments: a segment without a TIFF
/// header continues the block before it.
class ExifBlocks {
 public:
  /// Adds the data of an Exif segment or chunk, with or without its identifier.
  void add(std::string_view payload);

  /// The first valid orientation of all blocks; 1 if there is none.
  int orientation() const;

 private:
  std::vector<std::string> blocks_;
};

}  // namespace saccade::vision
