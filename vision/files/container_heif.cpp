#include <algorithm>
#include <iterator>

#include "vision/files/byte_reader.hpp"
#include "vision/files/container.hpp"
#include "vision/files/heif_picture.hpp"

namespace saccade::vision {
namespace {

using namespace std::string_view_literals;
constexpr auto kHeif = Container::Format::heif;

/// Whether a box of this type belongs to the top level of an image file.
bool is_box(std::string_view type) {
  constexpr std::string_view kTypes[] = {"ftyp"sv, "meta"sv, "mdat"sv, "moov"sv,
                                         "free"sv, "skip"sv, "uuid"sv, "idat"sv};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

/// ISO/IEC 14496-12, section 4.2: boxes with a length and a type; length 0 extends to the end of the file.
void require_whole_boxes(const ByteReader& reader, const std::string& name) {
  for (std::uint64_t at = 0; is_box(reader.bytes(at + 4, 4));) {
    auto length = reader.integer(at, 4);
    std::uint64_t header = 8;
    if (length == 1) {
      length = reader.integer(at + 8, 8);
      header = 16;
    }
    if (length == 0) return;
    if (!length || !reader.holds(at, *length)) throw_truncated(name, kHeif);
    if (*length < header) throw_damaged(name, kHeif);
    at += *length;
  }
}

}  // namespace

Container inspect_heif(std::string_view bytes, const std::string& name) {
  require_whole_boxes(ByteReader(bytes, ByteReader::Order::big), name);
  const HeifPicture picture(bytes);
  if (!picture.whole()) throw_damaged(name, kHeif);
  Container container;
  container.format = kHeif;
  container.width = picture.width();
  container.height = picture.height();
  container.color = picture.color();
  if (picture.transparent()) {
    container.alpha = picture.premultiplied() ? Container::Alpha::premultiplied : Container::Alpha::straight;
  }
  if (container.width == 0 || container.height == 0) throw_damaged(name, kHeif);
  return container;
}

}  // namespace saccade::vision
