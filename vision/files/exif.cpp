#include "vision/files/exif.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace saccade::vision {
namespace {

using namespace std::string_view_literals;

constexpr unsigned kOrientation = 274;

/// The size in bytes of one value of a TIFF type (1 byte, 2 ASCII, 3 short, 4 long, 5 rational, ...); 0 if unknown.
std::uint64_t width_of(unsigned type) {
  constexpr std::uint64_t kWidths[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type < std::size(kWidths) ? kWidths[type] : 0;
}

/// Whether the values of a TIFF type are integers: not text, fractions, floating-point numbers or undefined bytes.
bool is_integer(unsigned type) {
  constexpr unsigned kText = 2, kRational = 5, kUndefined = 7, kSignedRational = 10, kFloat = 11, kDouble = 12;
  return type != kText && type != kRational && type != kUndefined && type != kSignedRational && type != kFloat &&
         type != kDouble;
}

/// Whether the bytes start with the header of a TIFF structure of either byte order.
bool has_tiff_header(std::string_view bytes) {
  const std::string_view mark = bytes.substr(0, 4);
  return mark == "II\x2A\0"sv || mark == "MM\0\x2A"sv;
}

bool same_letters(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

}  // namespace

std::optional<TagDirectory> TagDirectory::read(std::string_view bytes) {
  return parse(bytes, /*accept_cut=*/false);
}

std::optional<TagDirectory> TagDirectory::read_cut(std::string_view bytes) {
  return parse(bytes, /*accept_cut=*/true);
}

std::optional<TagDirectory> TagDirectory::parse(std::string_view bytes, bool accept_cut) {
  const bool big_endian = bytes.substr(0, 2) == "MM"sv;
  if (!big_endian && bytes.substr(0, 2) != "II"sv) return std::nullopt;
  const ByteReader reader(bytes, big_endian ? ByteReader::Order::big : ByteReader::Order::little);
  const std::uint64_t version = reader.integer_or_zero(2, 2);
  if (version != 42 && version != 43) return std::nullopt;

  // BigTIFF (43) widens every count and offset to 8 bytes.
  const bool wide = version == 43;
  const int word = wide ? 8 : 4;
  const auto start = reader.integer(wide ? 8 : 4, word);
  if (!start) return std::nullopt;
  const int count_width = wide ? 8 : 2;
  auto count = reader.integer(*start, count_width);
  if (!count) return std::nullopt;

  TagDirectory directory(reader);
  const std::uint64_t entry_size = wide ? 20 : 12;
  const std::uint64_t first = *start + static_cast<std::uint64_t>(count_width);
  if (accept_cut) count = std::min(*count, (reader.size() - first) / entry_size);
  if (*count > reader.size() / entry_size) return std::nullopt;
  if (!accept_cut && !reader.holds(first, *count * entry_size + static_cast<std::uint64_t>(word))) return std::nullopt;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const std::uint64_t at = first + i * entry_size;
    Entry entry{};
    entry.tag = static_cast<unsigned>(*reader.integer(at, 2));
    entry.type = static_cast<unsigned>(*reader.integer(at + 2, 2));
    entry.count = *reader.integer(at + 4, word);
    entry.offset = at + 4 + static_cast<std::uint64_t>(word);
    const std::uint64_t width = width_of(entry.type);
    const bool inside = width == 0 || entry.count <= static_cast<std::uint64_t>(word) / width;
    if (!inside) entry.offset = *reader.integer(entry.offset, word);
    directory.entries_.push_back(entry);
  }
  return directory;
}

std::optional<std::vector<std::uint64_t>> TagDirectory::integers(unsigned tag) const {
  for (const Entry& entry : entries_) {
    if (entry.tag != tag) continue;
    const std::uint64_t width = width_of(entry.type);
    if (width == 0 || !is_integer(entry.type) || entry.count > reader_.size() / width) return std::nullopt;
    if (!reader_.holds(entry.offset, entry.count * width)) return std::nullopt;
    std::vector<std::uint64_t> values(entry.count);
    for (std::uint64_t i = 0; i < entry.count; ++i) {
      values[i] = *reader_.integer(entry.offset + i * width, static_cast<int>(width));
    }
    return values;
  }
  return std::nullopt;
}

std::string_view TagDirectory::raw(unsigned tag) const {
  for (const Entry& entry : entries_) {
    const std::uint64_t width = width_of(entry.type);
    if (entry.tag != tag || width == 0 || entry.count > reader_.size() / width) continue;
    return reader_.bytes(entry.offset, entry.count * width);
  }
  return {};
}

bool TagDirectory::complete() const {
  return std::all_of(entries_.begin(), entries_.end(), [this](const Entry& entry) {
    const std::uint64_t width = width_of(entry.type);
    if (width == 0) return true;
    return entry.count <= reader_.size() / width && reader_.holds(entry.offset, entry.count * width);
  });
}

bool TagDirectory::has(unsigned tag) const {
  return std::any_of(entries_.begin(), entries_.end(), [tag](const Entry& entry) { return entry.tag == tag; });
}

std::optional<int> exif_orientation(std::string_view block) {
  const auto directory = TagDirectory::read_cut(block);
  if (!directory) return std::nullopt;
  const auto values = directory->integers(kOrientation);
  if (!values || values->empty() || values->front() < 1 || values->front() > 8) return std::nullopt;
  return static_cast<int>(values->front());
}

std::optional<std::string_view> exif_payload(std::string_view segment) {
  constexpr std::string_view kIdentifier = "Exif\0"sv;
  constexpr std::size_t kMostBefore = 4, kLength = 6;
  for (std::size_t before = 0; before <= kMostBefore && before + kLength <= segment.size(); ++before) {
    if (same_letters(segment.substr(before, kIdentifier.size()), kIdentifier)) return segment.substr(before + kLength);
  }
  return std::nullopt;
}

void ExifBlocks::add(std::string_view payload) {
  payload = exif_payload(payload).value_or(payload);
  if (blocks_.empty() || has_tiff_header(payload)) {
    blocks_.emplace_back(payload);
  } else {
    blocks_.back() += payload;
  }
}

int ExifBlocks::orientation() const {
  for (const std::string& block : blocks_) {
    if (const auto orientation = exif_orientation(block)) return *orientation;
  }
  return 1;
}

}  // namespace saccade::vision
