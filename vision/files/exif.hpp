#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "vision/files/byte_reader.hpp"

namespace saccade::vision {

/// The first directory of tags of a TIFF file or of a block of EXIF data, which is laid out as one (TIFF 6.0, section
/// 2; BigTIFF too).
class TagDirectory {
 public:
  /// Nothing when the bytes are not laid out so, or when the directory does not lie in them whole.
  static std::optional<TagDirectory> read(std::string_view bytes);

  /// The values of a tag of whole numbers; nothing when it is absent or does not lie in the bytes whole.
  std::optional<std::vector<std::uint64_t>> integers(unsigned tag) const;

  /// Whether everything that the directory's entries point to lies in the bytes.
  bool complete() const;

  bool has(unsigned tag) const;

 private:
  struct Entry {
    unsigned tag;
    unsigned type;
    std::uint64_t count;
    std::uint64_t offset;  // of the values
  };

  explicit TagDirectory(ByteReader reader) : reader_(reader) {}

  ByteReader reader_;
  std::vector<Entry> entries_;
};

/// The orientation in a block of EXIF data (from its byte order mark on): 1 to 8; 1 when it names none.
int exif_orientation(std::string_view block);

}  // namespace saccade::vision
